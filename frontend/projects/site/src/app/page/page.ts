import { ChangeDetectionStrategy, Component, effect, inject, input } from '@angular/core';
import { Api } from '@azione/shared/api/generated/api';
import { getPage } from '@azione/shared/api/generated/functions';
import { injectLanguage } from '@azione/shared/api/language';
import { injectPreview } from '@azione/shared/api/preview';
import { query } from '@azione/shared/api/query';
import { PageTitle } from '@azione/shared/theatre/page-title';
import { DraftNotice } from '@azione/shared/ui/draft-notice';
import { PageHeading } from '@azione/shared/ui/page-heading';
import { PageProblem } from '@azione/shared/ui/page-problem';

/** One of the company's own pages, as the manager wrote it. */
@Component({
  selector: 'azione-company-page',
  imports: [DraftNotice, PageHeading, PageProblem],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (page.data(); as page) {
      @if (page.draft) {
        <azione-draft-notice />
      }
      <article class="azione-page">
        <header>
          <h1 azionePageHeading>{{ page.title }}</h1>
          @if (page.lead) {
            <p class="azione-lead">{{ page.lead }}</p>
          }
        </header>
        <div class="azione-prose" [innerHTML]="page.body_html"></div>
      </article>
    } @else if (page.problem(); as problem) {
      <azione-page-problem [heading]="notShown" [problem]="problem" (retry)="page.reload()" />
    } @else {
      <div class="azione-page" aria-busy="true">
        <p class="azione-hidden" role="status" i18n="@@site.page.loading">Carico la pagina…</p>
        <span class="azione-skeleton heading"></span>
        <span class="azione-skeleton text"></span>
      </div>
    }
  `,
  styles: `
    h1 {
      font-size: clamp(2.5rem, 1.3rem + 4.6vw, 5rem);
      line-height: 1.02;
      letter-spacing: -0.02em;
    }

    .azione-skeleton {
      margin-bottom: 1.5rem;
    }

    .heading {
      width: min(100%, 30rem);
      height: 5rem;
    }

    .text {
      height: 24rem;
    }
  `,
})
export class CompanyPage {
  /** From the route. */
  readonly slug = input.required<string>();

  private readonly api = inject(Api);
  private readonly language = injectLanguage();

  private readonly preview = injectPreview();
  protected readonly page = query({
    params: () => [this.slug(), this.preview()].join(' '),
    load: () =>
      this.api.invoke(getPage, {
        slug: this.slug(),
        language: this.language,
        Authorization: this.preview(),
      }),
  });
  protected readonly notShown = $localize`:@@site.page.problem:Non possiamo mostrare questa pagina`;

  constructor() {
    const title = inject(PageTitle);
    effect(() => {
      const page = this.page.data();
      if (page) {
        title.set(page.title);
      }
    });
  }
}
