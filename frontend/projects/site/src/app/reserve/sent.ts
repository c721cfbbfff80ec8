import {
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  inject,
  input,
  signal,
} from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import { Api } from '@azione/shared/api/generated/api';
import { resendAll } from '@azione/shared/api/generated/functions';
import { problemMessage } from '@azione/shared/api/problem-message';
import { toProblem } from '@azione/shared/api/to-problem';
import { PageTitle } from '@azione/shared/theatre/page-title';
import { ApiTimePipe } from '@azione/shared/time/api-time-pipe';
import { PageHeading } from '@azione/shared/ui/page-heading';
import { ReceiptStore } from './receipt';
import { SentOver } from './sent-over';

/**
 * "Look in your mailbox": the seats are held, the rest is up to the mail. When the form's answer was one
 * to a repeated request, the reservation may have gone on since; then this page says how far.
 */
@Component({
  selector: 'azione-sent',
  imports: [ApiTimePipe, MatButton, PageHeading, RouterLink, SentOver],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './sent.html',
  styleUrl: './sent.scss',
})
export class Sent {
  /** From the route. */
  readonly id = input.required<string>();

  private readonly api = inject(Api);
  private readonly receipts = inject(ReceiptStore);

  protected readonly receipt = computed(() => this.receipts.find(this.id()));
  protected readonly slowMail = computed(() => this.receipt()?.emailState !== 'sent');
  protected readonly isConfirmed = computed(() => this.receipt()?.status === 'confirmed');
  protected readonly isOver = computed(() => {
    const status = this.receipt()?.status;
    return status === 'cancelled' || status === 'expired';
  });
  protected readonly sending = signal(false);
  protected readonly resent = signal(false);
  protected readonly problem = signal<string | null>(null);

  constructor() {
    const title = inject(PageTitle);
    effect(() => {
      if (this.isConfirmed()) {
        title.set($localize`:@@site.sent.confirmedTitle:Prenotazione confermata`);
      } else if (this.isOver()) {
        title.set($localize`:@@site.sent.overTitle:Prenotazione non più valida`);
      } else if (this.receipt() && this.slowMail()) {
        title.set($localize`:@@site.sent.savedTitle:Prenotazione salvata`);
      }
    });
  }

  protected async sendAgain(email: string): Promise<void> {
    if (this.sending()) {
      return;
    }
    this.sending.set(true);
    this.resent.set(false);
    this.problem.set(null);
    try {
      await this.api.invoke(resendAll, { body: { email } });
      this.resent.set(true);
    } catch (error) {
      this.problem.set(problemMessage(toProblem(error)));
    } finally {
      this.sending.set(false);
    }
  }
}
