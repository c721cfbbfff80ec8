import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { Api } from '@azione/shared/api/generated/api';
import { listShows } from '@azione/shared/api/generated/functions';
import { injectLanguage } from '@azione/shared/api/language';
import { query } from '@azione/shared/api/query';
import { PosterGrid } from '@azione/shared/programme/poster-grid';
import { PageHeading } from '@azione/shared/ui/page-heading';
import { ProblemPanel } from '@azione/shared/ui/problem-panel';
import { pastSeasons } from './past-seasons';

/** What has been played, season by season. */
@Component({
  selector: 'azione-archive',
  imports: [PageHeading, PosterGrid, ProblemPanel],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div class="azione-page">
      <h1 azionePageHeading i18n="@@site.archive.heading">Archivio</h1>
      @if (shows.data()) {
        @for (season of seasons(); track season.name) {
          <section>
            <h2 class="azione-section" i18n="@@site.archive.season">Stagione {{ season.name }}</h2>
            <azione-poster-grid [shows]="season.shows" />
          </section>
        } @empty {
          <p i18n="@@site.archive.empty">
            La prima stagione è in corso: gli spettacoli già andati in scena li troverai qui.
          </p>
        }
      } @else if (shows.problem(); as problem) {
        <azione-problem-panel [problem]="problem" (retry)="shows.reload()" />
      } @else {
        <p class="azione-hidden" role="status" i18n="@@site.archive.loading">Carico l’archivio…</p>
        <span class="azione-skeleton"></span>
      }
    </div>
  `,
  styles: `
    .azione-skeleton {
      height: 24rem;
    }
  `,
})
export class Archive {
  private readonly api = inject(Api);
  private readonly language = injectLanguage();

  protected readonly shows = query({
    params: () => 'archive',
    load: () => this.api.invoke(listShows, { archive: true, language: this.language }),
  });
  protected readonly seasons = computed(() => pastSeasons(this.shows.data() ?? []));
}
