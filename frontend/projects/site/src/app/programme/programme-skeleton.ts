import { ChangeDetectionStrategy, Component } from '@angular/core';

/** The programme's own shape, while it is on its way. */
@Component({
  selector: 'azione-programme-skeleton',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <p class="azione-hidden" role="status" i18n="@@site.programme.loading">Carico il programma…</p>
    <div class="next" aria-hidden="true">
      <span class="azione-skeleton poster"></span>
      <div>
        <span class="azione-skeleton line"></span>
        <span class="azione-skeleton heading"></span>
        <span class="azione-skeleton line"></span>
      </div>
    </div>
    @for (row of rows; track row) {
      <span class="azione-skeleton row" aria-hidden="true"></span>
    }
  `,
  styles: `
    .next {
      display: grid;
      grid-template-columns: minmax(0, 5fr) minmax(0, 7fr);
      gap: clamp(1.25rem, 5vw, 4rem);
      align-items: center;
      margin-bottom: 4rem;
    }

    .poster {
      aspect-ratio: 2 / 3;
    }

    .line {
      width: 16ch;
      margin-bottom: 1rem;
    }

    .heading {
      height: 6rem;
      margin-bottom: 1rem;
    }

    .row {
      height: 5rem;
      margin-bottom: 0.5rem;
    }

    @media (width < 44rem) {
      .next {
        grid-template-columns: 1fr;
      }

      .poster {
        width: min(100%, 22rem);
      }
    }
  `,
})
export class ProgrammeSkeleton {
  protected readonly rows = [1, 2, 3, 4];
}
