import { ChangeDetectionStrategy, Component, computed, effect, inject, input } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { Api } from '@azione/shared/api/generated/api';
import { getShow, listPerformances } from '@azione/shared/api/generated/functions';
import { injectLanguage } from '@azione/shared/api/language';
import { injectPreview } from '@azione/shared/api/preview';
import { query } from '@azione/shared/api/query';
import { PosterImage } from '@azione/shared/programme/poster';
import { stillOnSince } from '@azione/shared/programme/since';
import { PageTitle } from '@azione/shared/theatre/page-title';
import { ApiTimePipe } from '@azione/shared/time/api-time-pipe';
import { PageHeading } from '@azione/shared/ui/page-heading';
import { PageProblem } from '@azione/shared/ui/page-problem';
import { ProblemPanel } from '@azione/shared/ui/problem-panel';
import { refreshWhileVisible } from '@azione/shared/ui/refresh';
import { DraftNotice } from '@azione/shared/ui/draft-notice';
import { Gallery } from '@azione/shared/ui/gallery';
import { ShowDates } from '@azione/shared/programme/show-dates';

const REFRESH_EVERY = 30_000;

/** The work: what it is, who made it, and when it can be seen. */
@Component({
  selector: 'azione-show',
  imports: [
    ApiTimePipe,
    DraftNotice,
    Gallery,
    MatButton,
    PageHeading,
    PageProblem,
    PosterImage,
    ProblemPanel,
    ShowDates,
  ],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './show.html',
  styleUrl: './show.scss',
})
export class ShowPage {
  /** From the route. */
  readonly slug = input.required<string>();

  private readonly api = inject(Api);
  private readonly language = injectLanguage();

  private readonly preview = injectPreview();
  protected readonly feed = computed(() => `/${this.language}/shows/${this.slug()}.ics`);
  /** It has played, and nothing is to come. */
  protected readonly isOver = computed(() => {
    const show = this.show.data();
    const plays = this.dates.data()?.some(({ booking }) => booking.state !== 'cancelled');
    return show?.next_performance_at === null && show.last_performance_at !== null && !plays;
  });
  protected readonly show = query({
    params: () => [this.slug(), this.preview()].join(' '),
    load: () =>
      this.api.invoke(getShow, {
        slug: this.slug(),
        language: this.language,
        Authorization: this.preview(),
      }),
  });
  protected readonly dates = query({
    params: () => this.slug(),
    load: (show) => {
      const from = stillOnSince(new Date());
      return this.api.invoke(listPerformances, { show, from, language: this.language });
    },
  });
  protected readonly notShown = $localize`:@@site.show.problem:Non possiamo mostrare questo spettacolo`;

  constructor() {
    const title = inject(PageTitle);
    effect(() => {
      const show = this.show.data();
      if (show) {
        title.set(show.title);
      }
    });
    refreshWhileVisible(() => {
      this.dates.reload();
    }, REFRESH_EVERY);
  }

  protected retry(): void {
    this.show.reload();
    this.dates.reload();
  }
}
