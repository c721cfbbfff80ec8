import {
  ChangeDetectionStrategy,
  Component,
  computed,
  input,
  linkedSignal,
  output,
} from '@angular/core';
import { MatButton } from '@angular/material/button';
import { Reservation } from '@azione/shared/api/generated/models/reservation';
import { Problem } from '@azione/shared/api/problem';
import { fieldMessage, problemMessage } from '@azione/shared/api/problem-message';
import { SeatsStepper } from '@azione/shared/forms/seats-stepper';

/** Fewer seats, or more while there are some; the QR code stays the same. */
@Component({
  selector: 'azione-change-seats',
  imports: [MatButton, SeatsStepper],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <form (submit)="$event.preventDefault(); wanted.emit(seats())">
      <azione-seats-stepper
        [(seats)]="seats"
        [most]="reservation().max_seats"
        describedBy="change-hint"
        [invalid]="message() !== ''"
      />
      <p id="change-hint" class="azione-muted">
        <ng-container i18n="@@site.change.most">{reservation().max_seats, plural,
          =1 {Al massimo un posto.}
          other {Al massimo {{ reservation().max_seats }} posti.}
        }</ng-container>
        <ng-container i18n="@@site.change.same"> Il codice QR resta lo stesso.</ng-container>
      </p>
      @if (message()) {
        <p role="alert" class="error">{{ message() }}</p>
      }
      <div class="azione-actions">
        <button
          matButton="filled"
          type="submit"
          [disabled]="running() || seats() === reservation().seats"
          disabledInteractive
          i18n="@@site.change.save"
        >
          Salva
        </button>
        <button matButton type="button" (click)="dropped.emit()" i18n="@@site.change.drop">
          Lascia com’è
        </button>
      </div>
    </form>
  `,
  styles: `
    p {
      margin: 0.5rem 0 0;
    }

    .error {
      color: var(--mat-sys-error);
    }
  `,
})
export class ChangeSeats {
  readonly reservation = input.required<Reservation>();
  readonly running = input.required<boolean>();
  readonly problem = input.required<Problem | null>();
  readonly wanted = output<number>();
  readonly dropped = output();

  private readonly current = computed(() => this.reservation().seats);
  protected readonly seats = linkedSignal(() => this.current());
  protected readonly message = computed(() => {
    const problem = this.problem();
    const field = problem?.forField('seats');
    return field ? fieldMessage(field) : problem ? problemMessage(problem) : '';
  });
}
