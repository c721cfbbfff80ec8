import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MAT_DIALOG_DATA, MatDialogModule } from '@angular/material/dialog';
import { Reservation } from '@azione/shared/api/generated/models/reservation';
import { ApiTimePipe } from '@azione/shared/time/api-time-pipe';

/** Cancelling cannot be taken back, so it is asked for twice. */
@Component({
  selector: 'azione-cancel-dialog',
  imports: [ApiTimePipe, MatButton, MatDialogModule],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <h2 mat-dialog-title i18n="@@site.cancel.heading">Annulli la prenotazione?</h2>
    <mat-dialog-content>
      <p>
        {{ reservation.performance.show.title }},
        {{ reservation.performance.starts_at | apiTime: 'dayAndTime' }}
      </p>
      <p i18n="@@site.cancel.text">
        I posti tornano subito liberi e il biglietto non vale più. Non si può tornare indietro.
      </p>
    </mat-dialog-content>
    <mat-dialog-actions align="end">
      <button matButton [mat-dialog-close]="false" cdkFocusInitial i18n="@@site.cancel.keep">
        No, vengo
      </button>
      <button matButton="filled" [mat-dialog-close]="true" i18n="@@site.cancel.yes">
        Sì, annulla
      </button>
    </mat-dialog-actions>
  `,
})
export class CancelDialog {
  protected readonly reservation = inject<Reservation>(MAT_DIALOG_DATA);
}
