import { ChangeDetectionStrategy, Component } from '@angular/core';

/** The page's own shape, while it is on its way. */
@Component({
  selector: 'azione-home-skeleton',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <p class="azione-hidden" role="status" i18n="@@site.home.loading">Carico il programma…</p>
    <div class="azione-stage" aria-hidden="true">
      <div class="inner">
        <div>
          <span class="azione-skeleton line"></span>
          <span class="azione-skeleton heading"></span>
          <span class="azione-skeleton line"></span>
        </div>
        <span class="azione-skeleton poster"></span>
      </div>
    </div>
    <div class="azione-page" aria-hidden="true">
      @for (row of rows; track row) {
        <span class="azione-skeleton row"></span>
      }
    </div>
  `,
  styles: `
    .inner {
      display: grid;
      grid-template-columns: minmax(0, 7fr) minmax(0, 4fr);
      gap: clamp(1.5rem, 5vw, 5rem);
      align-items: center;
      max-width: var(--azione-page-width);
      margin-inline: auto;
      padding: clamp(2rem, 5vw, 4.5rem) var(--azione-gutter);
    }

    .poster {
      aspect-ratio: 2 / 3;
    }

    .line {
      width: 16ch;
      margin-bottom: 1rem;
    }

    .heading {
      height: 8rem;
      margin-bottom: 1rem;
    }

    .row {
      height: 5rem;
      margin-bottom: 0.5rem;
    }

    @media (width < 44rem) {
      .inner {
        grid-template-columns: minmax(0, 1fr);
      }

      .poster {
        grid-row: 1;
        width: min(100%, 15rem);
      }
    }
  `,
})
export class HomeSkeleton {
  protected readonly rows = [1, 2, 3, 4];
}
