import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import { ShowSummary } from '../api/generated/models/show-summary';
import { PosterImage } from './poster';

/** Shows by their posters. */
@Component({
  selector: 'azione-poster-grid',
  imports: [PosterImage, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <ul>
      @for (show of shows(); track show.slug) {
        <li>
          <a [routerLink]="['/shows', show.slug]">
            <azione-poster
              [poster]="show.poster"
              [title]="show.title"
              sizes="(min-width: 44rem) 12rem, 44vw"
              decorative
            />
            <h3>{{ show.title }}</h3>
            <p>{{ show.author }}</p>
          </a>
        </li>
      }
    </ul>
  `,
  styles: `
    ul {
      display: grid;
      grid-template-columns: repeat(auto-fill, minmax(min(11rem, 40vw), 1fr));
      gap: 2.25rem clamp(1rem, 2.5vw, 2rem);
      margin: 0;
      padding: 0;
      list-style: none;
    }

    a {
      display: block;
      color: inherit;
      text-decoration: none;
    }

    azione-poster {
      transition: transform 240ms ease;
    }

    a:hover azione-poster {
      transform: translateY(-4px);
    }

    a:hover h3 {
      text-decoration: underline;
      text-decoration-thickness: 2px;
    }

    h3 {
      margin: 0.875rem 0 0.125rem;
      font-size: 1.25rem;
      line-height: 1.15;
    }

    p {
      margin: 0;
      color: var(--mat-sys-on-surface-variant);
      font-size: 0.9375rem;
    }
  `,
})
export class PosterGrid {
  readonly shows = input.required<readonly ShowSummary[]>();
}
