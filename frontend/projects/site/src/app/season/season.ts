import {
  ChangeDetectionStrategy,
  Component,
  LOCALE_ID,
  computed,
  inject,
  input,
} from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import { injectLanguage } from '@azione/shared/api/language';
import { AgendaList } from '@azione/shared/programme/agenda-list';
import { ProgrammeStore } from '@azione/shared/programme/programme-store';
import { formatApiTime } from '@azione/shared/time/api-time';
import { PageHeading } from '@azione/shared/ui/page-heading';
import { ProblemPanel } from '@azione/shared/ui/problem-panel';
import { refreshWhileVisible } from '@azione/shared/ui/refresh';
import { SeasonByShow } from './season-by-show';
import { SeasonCalendar } from './season-calendar';
import { SeasonChoice } from './season-choice';
import { Choice, filtered, monthsOf, venuesOf } from './season-filter';

const REFRESH_EVERY = 60_000;

function orNothing(given: string | undefined): string {
  return given ?? '';
}

function asView(given: string | undefined): 'shows' | 'calendar' | '' {
  return given === 'shows' || given === 'calendar' ? given : '';
}

/** All that plays: by date, by show or on a calendar, of one month or one room. The address says which. */
@Component({
  selector: 'azione-season',
  imports: [
    AgendaList,
    MatButton,
    PageHeading,
    ProblemPanel,
    RouterLink,
    SeasonByShow,
    SeasonCalendar,
    SeasonChoice,
  ],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './season.html',
  styleUrl: './season.scss',
})
export class Season {
  /** From the address. */
  readonly view = input('', { transform: asView });
  readonly month = input('', { transform: orNothing });
  readonly venue = input('', { transform: orNothing });

  private readonly locale = inject(LOCALE_ID);
  protected readonly programme = inject(ProgrammeStore);
  protected readonly feed = `/${injectLanguage()}/season.ics`;
  protected readonly views: readonly Choice[] = [
    { key: '', name: $localize`:@@site.season.byDate:Per data` },
    { key: 'shows', name: $localize`:@@site.season.byShow:Per spettacolo` },
    { key: 'calendar', name: $localize`:@@site.season.calendar:Calendario` },
  ];
  protected readonly months = computed((): Choice[] => [
    { key: '', name: $localize`:@@site.season.allMonths:Tutti i mesi` },
    ...monthsOf(this.programme.evenings()).map(({ key, at }) => ({
      key,
      name: formatApiTime(at, 'month', this.locale),
    })),
  ]);
  protected readonly venues = computed((): Choice[] => [
    { key: '', name: $localize`:@@site.season.allVenues:Tutte le sale` },
    ...venuesOf(this.programme.evenings()),
  ]);
  /** One room is no choice; but what the address asks for can always be taken back. */
  protected readonly choosesVenue = computed(() => this.venues().length > 2 || this.venue() !== '');
  protected readonly chosen = computed(() =>
    filtered(this.programme.evenings(), { month: this.month(), venue: this.venue() }),
  );
  /** Read out when another choice is made. */
  protected readonly count = computed(() => {
    const { length } = this.chosen();
    return length === 1
      ? $localize`:@@site.season.one:Una data`
      : $localize`:@@site.season.count:${length}:count: date`;
  });

  constructor() {
    if (this.programme.loaded() || this.programme.problem()) {
      this.programme.reload();
    }
    refreshWhileVisible(() => {
      this.programme.reload();
    }, REFRESH_EVERY);
  }
}
