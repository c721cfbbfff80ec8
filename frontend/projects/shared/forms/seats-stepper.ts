import { ChangeDetectionStrategy, Component, computed, input, model, signal } from '@angular/core';
import { MatIconButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';

/** How many seats: two big buttons for thumbs, and a number field between them for keyboards. */
@Component({
  selector: 'azione-seats-stepper',
  imports: [MatIcon, MatIconButton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <label [attr.for]="inputId()" i18n="@@shared.seats.label">Posti</label>
    <div class="stepper">
      <button
        matIconButton
        type="button"
        [disabled]="seats() <= 1"
        disabledInteractive
        aria-label="Un posto in meno"
        i18n-aria-label="@@shared.seats.fewer"
        (click)="settle(seats() - 1)"
      >
        <mat-icon svgIcon="remove" aria-hidden="true" />
      </button>
      <input
        #field
        [id]="inputId()"
        type="number"
        inputmode="numeric"
        min="1"
        [max]="most()"
        [value]="seats()"
        [attr.aria-describedby]="describedBy()"
        [attr.aria-invalid]="invalid() ? 'true' : null"
        (change)="settle(field.valueAsNumber); field.value = '' + seats()"
      />
      <button
        matIconButton
        type="button"
        [disabled]="seats() >= most()"
        disabledInteractive
        aria-label="Un posto in più"
        i18n-aria-label="@@shared.seats.more"
        (click)="settle(seats() + 1)"
      >
        <mat-icon svgIcon="add" aria-hidden="true" />
      </button>
    </div>
    <span class="azione-hidden" aria-live="polite">{{ spoken() }}</span>
  `,
  styles: `
    :host {
      display: grid;
      gap: 0.375rem;
      justify-items: start;
    }

    label {
      font-weight: 650;
    }

    .stepper {
      display: inline-flex;
      align-items: center;
      gap: 0.25rem;
      padding: 0.25rem;
      border: 1px solid var(--mat-sys-outline);
      border-radius: 2rem;
    }

    input {
      width: 3.5ch;
      min-width: 2.75rem;
      min-height: 2.75rem;
      border: 0;
      border-radius: 4px;
      background: transparent;
      color: inherit;
      font: 650 1.5rem var(--azione-text);
      text-align: center;
      appearance: textfield;
    }

    input::-webkit-inner-spin-button {
      appearance: none;
    }
  `,
})
export class SeatsStepper {
  readonly seats = model.required<number>();
  readonly most = input.required<number>();
  readonly inputId = input('seats');
  readonly describedBy = input<string | null>(null);
  readonly invalid = input(false);

  // The buttons change a field that is not focused: a screen reader would hear nothing.
  private readonly touched = signal(false);
  protected readonly spoken = computed(() => (this.touched() ? this.count() : ''));
  private readonly count = computed(() => {
    const seats = this.seats();
    return seats === 1
      ? $localize`:@@shared.seats.one:1 posto`
      : $localize`:@@shared.seats.many:${seats}:seats: posti`;
  });

  protected settle(wanted: number): void {
    const whole = Number.isFinite(wanted) ? Math.round(wanted) : this.seats();
    this.touched.set(true);
    this.seats.set(Math.min(Math.max(whole, 1), Math.max(this.most(), 1)));
  }
}
