import {
  ChangeDetectionStrategy,
  Component,
  computed,
  input,
  linkedSignal,
  output,
  signal,
} from '@angular/core';
import { MatButton } from '@angular/material/button';
import { SeatsStepper } from '@azione/shared/forms/seats-stepper';
import { ReasonField } from './reason-field';
import { Sheet } from './sheet';
import { stayOnEnter } from './stay-on-enter';

export interface Admission {
  readonly seats: number;
  /** Empty where none is needed. */
  readonly reason: string;
}

/**
 * How many, and why: people without a reservation, and those beyond a party. What a device was
 * allowed needs no reason; beyond it only a manager gets here.
 */
@Component({
  selector: 'azione-admission-sheet',
  imports: [MatButton, ReasonField, SeatsStepper, Sheet],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <azione-sheet [heading]="heading()" (closed)="closed.emit()">
      <form (submit)="send($event)" (keydown.enter)="keepOpen($event)" novalidate>
        <p class="azione-muted">{{ explanation() }}</p>
        <azione-seats-stepper inputId="admission-seats" [(seats)]="seats" [most]="most()" />
        @if (needsReason()) {
          <azione-reason-field
            [choices]="reasons()"
            [(reason)]="reason"
            [isMissing]="isMissing()"
          />
        }
        <button matButton="filled" type="submit" class="door-big">
          <ng-container i18n="@@door.admission.send">{seats(), plural,
            =1 {Fai entrare 1 persona}
            other {Fai entrare {{ seats() }} persone}
          }</ng-container>
        </button>
      </form>
    </azione-sheet>
  `,
  styles: `
    form {
      display: grid;
      gap: 1rem;
    }

    p {
      margin: 0;
    }
  `,
})
export class AdmissionSheet {
  readonly heading = input.required<string>();
  readonly explanation = input.required<string>();
  readonly first = input(1);
  readonly most = input.required<number>();
  /** So many go in without a reason. */
  readonly free = input(0);
  readonly reasons = input.required<readonly string[]>();
  readonly sent = output<Admission>();
  readonly closed = output();

  protected readonly seats = linkedSignal(() => this.first());
  protected readonly reason = signal('');
  protected readonly isMissing = signal(false);
  protected readonly needsReason = computed(() => this.seats() > this.free());

  protected keepOpen(event: Event): void {
    stayOnEnter(event);
  }

  protected send(event: Event): void {
    event.preventDefault();
    const reason = this.needsReason() ? this.reason().trim() : '';
    this.isMissing.set(this.needsReason() && reason === '');
    if (!this.isMissing()) {
      this.sent.emit({ seats: this.seats(), reason });
    }
  }
}
