import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { MatIconButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import { DoorSignals } from './door-signals';

/** Sound on or off, remembered by the phone. */
@Component({
  selector: 'azione-sound-switch',
  imports: [MatIcon, MatIconButton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <button
      matIconButton
      type="button"
      aria-label="Suoni"
      i18n-aria-label="@@door.camera.sound"
      [attr.aria-pressed]="!signals.isMuted()"
      (click)="signals.toggleSound()"
    >
      <mat-icon [svgIcon]="signals.isMuted() ? 'sound-off' : 'sound'" aria-hidden="true" />
    </button>
  `,
})
export class SoundSwitch {
  protected readonly signals = inject(DoorSignals);
}
