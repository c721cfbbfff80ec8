import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  afterNextRender,
  inject,
  output,
  signal,
  viewChild,
} from '@angular/core';
import { MatButton } from '@angular/material/button';
import { DEVICE_NAME_MAX, DeviceName } from './device-name';

/** Asked once on each phone: its name is what the other doors read. */
@Component({
  selector: 'azione-device-form',
  imports: [MatButton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <form (submit)="save($event)" novalidate>
      <h2 i18n="@@door.device.heading">Chi sei, e a quale porta?</h2>
      <p id="device-hint" class="azione-muted" i18n="@@door.device.hint">
        Chi è alle altre porte lo legge quando un biglietto è già passato da te. Per esempio: Marta,
        porta sinistra.
      </p>
      <label for="device-name" i18n="@@door.device.label">Nome di questo dispositivo</label>
      <input
        #field
        id="device-name"
        class="door-field"
        autocomplete="off"
        enterkeyhint="done"
        aria-describedby="device-hint device-error"
        [attr.aria-invalid]="isMissing() || null"
        [maxLength]="longest"
        [value]="device.name()"
      />
      <p id="device-error" class="error" role="alert">
        @if (isMissing()) {
          <ng-container i18n="@@door.device.missing"
            >Scrivi un nome, anche solo il tuo.</ng-container
          >
        }
      </p>
      <button matButton="filled" type="submit" class="door-big" i18n="@@door.device.save">
        Salva il nome
      </button>
    </form>
  `,
  styles: `
    form {
      display: grid;
      gap: 0.5rem;
    }

    h2,
    p {
      margin: 0;
    }

    .error {
      min-height: 1.5em;
      color: var(--mat-sys-error);
    }
  `,
})
export class DeviceForm {
  readonly saved = output();

  protected readonly device = inject(DeviceName);
  protected readonly longest = DEVICE_NAME_MAX;
  protected readonly isMissing = signal(false);
  private readonly field = viewChild.required<ElementRef<HTMLInputElement>>('field');

  constructor() {
    afterNextRender(() => {
      this.field().nativeElement.focus();
    });
  }

  protected save(event: Event): void {
    event.preventDefault();
    const name = this.field().nativeElement.value;
    this.isMissing.set(name.trim() === '');
    if (!this.isMissing()) {
      this.device.rename(name);
      this.saved.emit();
    }
  }
}
