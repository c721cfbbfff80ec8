import { ChangeDetectionStrategy, Component, inject, output, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { Problem } from '@azione/shared/api/problem';
import { problemMessage } from '@azione/shared/api/problem-message';
import { toProblem } from '@azione/shared/api/to-problem';
import { DeviceSessions } from '../device/device-session';
import { Outbox } from '../offline/outbox';

/** The phone gives its token back. Asks first, and does not forget what is still to be delivered. */
@Component({
  selector: 'azione-leave-form',
  imports: [MatButton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <p i18n="@@door.leave.explanation">
      La lista sparisce da questo telefono e per tornare serve un codice nuovo, o l’accesso.
    </p>
    @if (outbox.waiting() > 0) {
      <p class="warning">
        <ng-container i18n="@@door.leave.waiting">{outbox.waiting(), plural,
          =1 {Una lettura non è ancora consegnata: resta qui finché non la consegni o la esporti.}
          other {
            {{ outbox.waiting() }} letture non sono ancora consegnate: restano qui finché non le
            consegni o le esporti.
          }
        }</ng-container>
      </p>
    }
    <p role="alert" class="problem">{{ problem() }}</p>
    <div class="azione-actions">
      <button matButton="filled" type="button" class="door-big" (click)="leave()">
        <ng-container i18n="@@door.leave.confirm">Sì, lascia questa porta</ng-container>
      </button>
      <button matButton="outlined" type="button" class="door-big" (click)="stayed.emit()">
        <ng-container i18n="@@door.leave.stay">Resta</ng-container>
      </button>
    </div>
  `,
  styles: `
    p {
      margin: 0 0 0.75rem;
    }

    .warning {
      padding: 0.75rem 1rem;
      border-inline-start: 0.375rem solid var(--azione-warn);
      background: var(--mat-sys-surface-container-high);
    }

    .problem {
      color: var(--mat-sys-error);
      font-weight: 600;
    }

    .problem:empty {
      display: none;
    }

    .azione-actions {
      margin-top: 0;
    }
  `,
})
export class LeaveForm {
  readonly left = output();
  readonly stayed = output();

  protected readonly outbox = inject(Outbox);
  private readonly sessions = inject(DeviceSessions);
  protected readonly problem = signal('');

  protected async leave(): Promise<void> {
    this.problem.set('');
    try {
      await this.sessions.leave();
      this.left.emit();
    } catch (error) {
      this.problem.set(leaveProblem(toProblem(error)));
    }
  }
}

function leaveProblem(problem: Problem): string {
  return problem.code === 'network'
    ? $localize`:@@door.leave.network:Senza rete la porta non si può lasciare: il server deve saperlo. Riprova quando torna; a fine serata il telefono si scorda tutto da solo.`
    : problemMessage(problem);
}
