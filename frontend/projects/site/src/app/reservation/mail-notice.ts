import { ChangeDetectionStrategy, Component, computed, input, output } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import { Reservation } from '@azione/shared/api/generated/models/reservation';
import { Problem } from '@azione/shared/api/problem';
import { problemMessage } from '@azione/shared/api/problem-message';

/** Where the mail went, or that it has not left yet; and the button to send it again. */
@Component({
  selector: 'azione-mail-notice',
  imports: [MatButton, MatIcon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div [class.slow]="state() !== 'sent'">
      <mat-icon svgIcon="mail" aria-hidden="true" />
      <p>
        @if (state() === 'failed') {
          <ng-container i18n="@@site.mail.failed"
            >Il server di posta rifiuta l’indirizzo
            <strong>{{ reservation().email_address }}</strong>. Questa pagina vale come l’e-mail:
            tienine il link.</ng-container
          >
        } @else if (state() === 'withdrawn') {
          <ng-container i18n="@@site.mail.withdrawn"
            >L’ultima e-mail per <strong>{{ reservation().email_address }}</strong> non è partita,
            perché quello che diceva non era più vero. Puoi fartela mandare di nuovo.</ng-container
          >
        } @else if (state() === 'queued') {
          <ng-container i18n="@@site.mail.slow"
            >L’e-mail per <strong>{{ reservation().email_address }}</strong> sta partendo: può
            metterci qualche minuto. Intanto questa pagina vale come l’e-mail: tienine il
            link.</ng-container
          >
        } @else {
          <ng-container i18n="@@site.mail.sent"
            >Abbiamo scritto a <strong>{{ reservation().email_address }}</strong>.</ng-container
          >
        }
      </p>
      <button
        matButton
        type="button"
        [disabled]="running()"
        disabledInteractive
        (click)="resend.emit()"
        i18n="@@site.mail.again"
      >
        Manda di nuovo
      </button>
    </div>
    @if (message()) {
      <p role="alert" class="error">{{ message() }}</p>
    }
    @if (answer()) {
      <p [class.good]="state() === 'sent'">{{ answer() }}</p>
    }
  `,
  styles: `
    div {
      display: grid;
      grid-template-columns: auto 1fr auto;
      gap: 0.5rem 0.75rem;
      align-items: center;
    }

    div.slow {
      padding: 1rem;
      border-inline-start: 4px solid var(--azione-warn);
      background: var(--mat-sys-surface-container);
    }

    p {
      margin: 0;
      overflow-wrap: anywhere;
    }

    .error {
      color: var(--mat-sys-error);
    }

    .good {
      color: var(--azione-good);
    }

    @media (width < 36rem) {
      div {
        grid-template-columns: auto 1fr;
      }

      button {
        grid-column: 2;
        justify-self: start;
        margin-inline-start: -0.75rem;
      }
    }
  `,
})
export class MailNotice {
  readonly reservation = input.required<Reservation>();
  readonly running = input.required<boolean>();
  readonly problem = input.required<Problem | null>();
  readonly answer = input.required<string | null | undefined>();
  readonly resend = output();

  protected readonly state = computed(() => this.reservation().email?.state ?? 'queued');
  protected readonly message = computed(() => {
    const problem = this.problem();
    return problem ? problemMessage(problem) : '';
  });
}
