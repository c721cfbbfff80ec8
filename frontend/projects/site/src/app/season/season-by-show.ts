import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import { Performance } from '@azione/shared/api/generated/models/performance';
import { ShowSummary } from '@azione/shared/api/generated/models/show-summary';
import { PosterImage } from '@azione/shared/programme/poster';
import { ShowDates } from '@azione/shared/programme/show-dates';
import { datesByShow } from './season-filter';

/** Each show with its own dates. */
@Component({
  selector: 'azione-season-by-show',
  imports: [PosterImage, RouterLink, ShowDates],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @for (entry of entries(); track entry.show.slug) {
      <article>
        <a
          class="poster"
          [routerLink]="['/shows', entry.show.slug]"
          tabindex="-1"
          aria-hidden="true"
        >
          <azione-poster
            [poster]="entry.show.poster"
            [title]="entry.show.title"
            sizes="(min-width: 44rem) 14rem, 7rem"
            decorative
          />
        </a>
        <div>
          <p class="azione-overline">{{ entry.author }}</p>
          <h3>
            <a [routerLink]="['/shows', entry.show.slug]">{{ entry.show.title }}</a>
          </h3>
          <azione-show-dates [performances]="entry.dates" />
        </div>
      </article>
    }
  `,
  styles: `
    article {
      display: grid;
      grid-template-columns: minmax(6rem, 14rem) minmax(0, 1fr);
      gap: clamp(1rem, 4vw, 3rem);
      padding-block: clamp(1.5rem, 4vw, 2.5rem);
      border-top: 1px solid var(--mat-sys-outline-variant);
    }

    h3 {
      margin-bottom: 0.75rem;
      font-size: clamp(1.5rem, 1.1rem + 2vw, 2.5rem);
      line-height: 1.08;
    }

    h3 a {
      color: inherit;
      text-decoration: none;
    }

    h3 a:hover {
      text-decoration: underline;
    }

    @media (width < 44rem) {
      article {
        grid-template-columns: 1fr;
      }

      .poster {
        width: 7rem;
      }
    }
  `,
})
export class SeasonByShow {
  readonly shows = input.required<readonly ShowSummary[]>();
  readonly performances = input.required<readonly Performance[]>();

  /** Those with a date in the choice, in the order in which they play next. */
  protected readonly entries = computed(() => {
    const authors = new Map(this.shows().map(({ slug, author }) => [slug, author]));
    return datesByShow(this.performances()).map(([show, ...others]) => ({
      show: show.show,
      author: authors.get(show.show.slug) ?? '',
      dates: [show, ...others],
    }));
  });
}
