import { ChangeDetectionStrategy, Component, model, output } from '@angular/core';

const CHOICES = [1, 2, 3, 4, 5, 6, 7, 8] as const;

/** "Two of us now, two later." Falls back to everybody after each scan. */
@Component({
  selector: 'azione-seats-choice',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <fieldset>
      <legend i18n="@@door.seats.legend">Quanti entrano adesso?</legend>
      <label class="all">
        <input
          type="radio"
          name="seats"
          [checked]="seats() === null"
          (click)="choose(null, $event)"
        />
        <span i18n="@@door.seats.all">Tutti</span>
      </label>
      @for (choice of choices; track choice) {
        <label>
          <input
            type="radio"
            name="seats"
            [checked]="seats() === choice"
            (click)="choose(choice, $event)"
          />
          <span>{{ choice }}</span>
        </label>
      }
    </fieldset>
  `,
  styles: `
    fieldset {
      display: grid;
      grid-template-columns: repeat(5, 1fr);
      gap: 0.375rem;
      margin: 0;
      padding: 0;
      border: 0;
    }

    legend {
      margin-bottom: 0.375rem;
      padding: 0;
      color: var(--mat-sys-on-surface-variant);
    }

    label {
      position: relative;
    }

    .all {
      grid-column: span 2;
    }

    input {
      position: absolute;
      inset: 0;
      width: 100%;
      height: 100%;
      margin: 0;
      opacity: 0;
      cursor: pointer;
    }

    span {
      display: grid;
      place-items: center;
      min-height: 3rem;
      border: 2px solid var(--mat-sys-outline);
      border-radius: var(--mat-sys-corner-small);
      font-size: 1.25rem;
      font-weight: 650;
      font-variant-numeric: tabular-nums;
    }

    input:checked + span {
      border-color: var(--mat-sys-tertiary);
      background: var(--mat-sys-tertiary);
      color: var(--mat-sys-on-tertiary);
    }

    input:focus-visible + span {
      outline: 3px solid var(--mat-sys-on-surface);
      outline-offset: 2px;
    }

    @media (min-width: 40rem) {
      fieldset {
        grid-template-columns: repeat(10, 1fr);
      }
    }
  `,
})
export class SeatsChoice {
  readonly seats = model.required<number | null>();
  /** Chosen by finger or mouse: the box may have the keyboard back. Arrow keys keep it here. */
  readonly pointed = output();

  protected readonly choices = CHOICES;

  protected choose(seats: number | null, event: MouseEvent): void {
    this.seats.set(seats);
    if (event.detail > 0) {
      this.pointed.emit();
    }
  }
}
