import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  input,
  model,
  viewChild,
} from '@angular/core';
import { DEVICE_NAME_MAX } from './device-name';

/** "Marta, left door": what the other doors read when this phone has let somebody in. */
@Component({
  selector: 'azione-name-field',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <label for="device-name" i18n="@@door.device.label">Chi sei, e a quale porta?</label>
    <p id="device-hint" class="azione-muted" i18n="@@door.device.hint">
      Chi è alle altre porte lo legge quando un biglietto è già passato da te. Per esempio: Marta,
      porta sinistra.
    </p>
    <input
      #field
      id="device-name"
      class="door-field"
      autocomplete="off"
      enterkeyhint="done"
      aria-describedby="device-hint device-error"
      [attr.aria-invalid]="isMissing() || null"
      [maxLength]="longest"
      [value]="name()"
      (input)="name.set(field.value)"
    />
    <p id="device-error" class="error" role="alert">
      @if (isMissing()) {
        <ng-container i18n="@@door.device.missing">Scrivi un nome, anche solo il tuo.</ng-container>
      }
    </p>
  `,
  styles: `
    :host {
      display: grid;
      gap: 0.5rem;
    }

    label {
      font-size: 1.25rem;
      font-weight: 650;
    }

    p {
      margin: 0;
    }

    .error {
      min-height: 1.5em;
      color: var(--mat-sys-error);
    }
  `,
})
export class NameField {
  readonly name = model.required<string>();
  readonly isMissing = input(false);

  protected readonly longest = DEVICE_NAME_MAX;
  private readonly field = viewChild.required<ElementRef<HTMLInputElement>>('field');

  focus(): void {
    this.field().nativeElement.focus();
  }
}
