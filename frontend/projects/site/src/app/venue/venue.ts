import { ChangeDetectionStrategy, Component, effect, inject, input } from '@angular/core';
import { Api } from '@azione/shared/api/generated/api';
import { getVenue, listPerformances } from '@azione/shared/api/generated/functions';
import { injectLanguage } from '@azione/shared/api/language';
import { query } from '@azione/shared/api/query';
import { AgendaList } from '@azione/shared/programme/agenda-list';
import { Entrance } from '@azione/shared/programme/entrance';
import { stillOnSince } from '@azione/shared/programme/since';
import { PageTitle } from '@azione/shared/theatre/page-title';
import { Gallery } from '@azione/shared/ui/gallery';
import { PageHeading } from '@azione/shared/ui/page-heading';
import { PageProblem } from '@azione/shared/ui/page-problem';
import { ProblemPanel } from '@azione/shared/ui/problem-panel';
import { refreshWhileVisible } from '@azione/shared/ui/refresh';

const REFRESH_EVERY = 60_000;

/** The room: how to get there, how to get in, what plays there. */
@Component({
  selector: 'azione-venue',
  imports: [AgendaList, Entrance, Gallery, PageHeading, PageProblem, ProblemPanel],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './venue.html',
  styleUrl: './venue.scss',
})
export class VenuePage {
  /** From the route. */
  readonly slug = input.required<string>();

  private readonly api = inject(Api);
  private readonly language = injectLanguage();

  protected readonly venue = query({
    params: () => this.slug(),
    load: (slug) => this.api.invoke(getVenue, { slug, language: this.language }),
  });
  protected readonly dates = query({
    params: () => this.slug(),
    load: (venue) => {
      const from = stillOnSince(new Date());
      return this.api.invoke(listPerformances, { venue, from, language: this.language });
    },
  });
  protected readonly notShown = $localize`:@@site.venue.problem:Non possiamo mostrare questa sala`;

  constructor() {
    const title = inject(PageTitle);
    effect(() => {
      const venue = this.venue.data();
      if (venue) {
        title.set(venue.name);
      }
    });
    refreshWhileVisible(() => {
      this.dates.reload();
    }, REFRESH_EVERY);
  }

  protected retry(): void {
    this.venue.reload();
    this.dates.reload();
  }
}
