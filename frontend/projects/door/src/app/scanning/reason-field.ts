import { ChangeDetectionStrategy, Component, input, model } from '@angular/core';

export const REASON_MAX = 200;

/** Why: one of a few short answers, or words of one's own. */
@Component({
  selector: 'azione-reason-field',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <fieldset>
      <legend i18n="@@door.reason.legend">Perché? Resta scritto con l’ingresso.</legend>
      @for (choice of choices(); track choice) {
        <button
          type="button"
          [attr.aria-pressed]="reason() === choice"
          (click)="reason.set(choice)"
        >
          {{ choice }}
        </button>
      }
    </fieldset>
    <label for="reason" i18n="@@door.reason.label">Motivo</label>
    <input
      #field
      id="reason"
      class="door-field"
      autocomplete="off"
      enterkeyhint="done"
      aria-describedby="reason-error"
      [attr.aria-invalid]="isMissing() || null"
      [maxLength]="longest"
      [value]="reason()"
      (input)="reason.set(field.value)"
    />
    <p id="reason-error" class="error" role="alert">
      @if (isMissing()) {
        <ng-container i18n="@@door.reason.missing">Scegli un motivo, o scrivilo.</ng-container>
      }
    </p>
  `,
  styles: `
    :host {
      display: grid;
      gap: 0.5rem;
    }

    fieldset {
      display: flex;
      flex-wrap: wrap;
      gap: 0.5rem;
      margin: 0;
      padding: 0;
      border: 0;
    }

    legend {
      margin-bottom: 0.5rem;
      padding: 0;
    }

    button {
      min-height: 3rem;
      padding: 0.25rem 1rem;
      border: 2px solid var(--mat-sys-outline);
      border-radius: 1.5rem;
      background: transparent;
      color: inherit;
      font: inherit;
      cursor: pointer;
    }

    button[aria-pressed='true'] {
      border-color: var(--mat-sys-tertiary);
      background: var(--mat-sys-tertiary);
      color: var(--mat-sys-on-tertiary);
    }

    p {
      margin: 0;
    }

    .error {
      color: var(--mat-sys-error);
    }

    .error:empty {
      display: none;
    }
  `,
})
export class ReasonField {
  readonly choices = input.required<readonly string[]>();
  readonly reason = model.required<string>();
  readonly isMissing = input(false);

  protected readonly longest = REASON_MAX;
}
