import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  Injector,
  afterNextRender,
  computed,
  inject,
  signal,
} from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { MatButton } from '@angular/material/button';
import { MatDialog } from '@angular/material/dialog';
import { ActivatedRoute, RouterLink } from '@angular/router';
import { Api } from '@azione/shared/api/generated/api';
import {
  cancel,
  changeSeats,
  confirm,
  getReservation,
  resend,
} from '@azione/shared/api/generated/functions';
import { Reservation } from '@azione/shared/api/generated/models/reservation';
import { injectLanguage } from '@azione/shared/api/language';
import { Problem } from '@azione/shared/api/problem';
import { query } from '@azione/shared/api/query';
import { reservationAuthorization } from '@azione/shared/api/reservation-token';
import { toProblem } from '@azione/shared/api/to-problem';
import { GettingThere } from '@azione/shared/programme/getting-there';
import { PerformanceFacts } from '@azione/shared/programme/performance-facts';
import { PosterImage } from '@azione/shared/programme/poster';
import { HeadingFocus } from '@azione/shared/ui/page-heading';
import { PageProblem } from '@azione/shared/ui/page-problem';
import { ProblemPanel } from '@azione/shared/ui/problem-panel';
import { refreshWhileVisible } from '@azione/shared/ui/refresh';
import { firstValueFrom } from 'rxjs';
import { CancelDialog } from './cancel-dialog';
import { ChangeSeats } from './change-seats';
import { Confirmation } from './confirmation';
import { MailNotice } from './mail-notice';
import { Over } from './over';
import { Ticket } from './ticket';

const REFRESH_EVERY = 60_000;

export type Action = 'confirm' | 'cancel' | 'seats' | 'resend';

/**
 * One reservation, opened by the link in its mail. The token stays in the fragment, where the mail's
 * link put it: a reload must work, and there it reaches no server. Opening the page changes nothing.
 */
@Component({
  selector: 'azione-reservation-page',
  imports: [
    ChangeSeats,
    Confirmation,
    GettingThere,
    MailNotice,
    MatButton,
    Over,
    PageProblem,
    PerformanceFacts,
    PosterImage,
    ProblemPanel,
    RouterLink,
    Ticket,
  ],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './reservation-page.html',
  styleUrl: './reservation-page.scss',
})
export class ReservationPage {
  private readonly api = inject(Api);
  private readonly element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private readonly injector = inject(Injector);
  private readonly dialog = inject(MatDialog);
  private readonly heading = inject(HeadingFocus);
  private readonly language = injectLanguage();
  private readonly fragment = toSignal(inject(ActivatedRoute).fragment);

  protected readonly token = computed(() => this.fragment()?.trim() ?? '');
  protected readonly query = query({
    params: () => this.token() || undefined,
    load: () => this.api.invoke(getReservation, this.params()),
  });
  protected readonly running = signal<Action | null>(null);
  protected readonly failed = signal<{ action: Action; problem: Problem } | null>(null);
  /** What has just been done, for those who cannot see that the page changed. */
  protected readonly done = signal<{ action: Action; text: string } | null>(null);
  protected readonly changing = signal(false);

  protected readonly noToken = new Problem({ code: 'token_invalid', status: 404 });
  protected readonly notFound = $localize`:@@site.reservation.notFound:Non troviamo questa prenotazione`;
  protected readonly notShown = $localize`:@@site.reservation.problem:Non possiamo mostrare la prenotazione`;

  constructor() {
    refreshWhileVisible(() => {
      if (this.token() && this.running() === null) {
        this.query.reload();
      }
    }, REFRESH_EVERY);
  }

  protected problemOf(action: Action): Problem | null {
    const failed = this.failed();
    return failed?.action === action ? failed.problem : null;
  }

  /** The focus goes where the button or the field comes up in the place of the other. */
  protected openChange(open: boolean): void {
    this.changing.set(open);
    afterNextRender(
      () => {
        this.element.querySelector<HTMLElement>(open ? '#seats' : '#open-change')?.focus();
      },
      { injector: this.injector },
    );
  }

  protected async confirm(): Promise<void> {
    const done = $localize`:@@site.reservation.confirmed:Prenotazione confermata.`;
    if (await this.run('confirm', done, () => this.api.invoke(confirm, this.params()))) {
      this.heading.request();
    }
  }

  protected async changeSeats(seats: number): Promise<void> {
    const done = $localize`:@@site.reservation.changed:Posti aggiornati.`;
    const params = { ...this.params(), body: { seats } };
    if (await this.run('seats', done, () => this.api.invoke(changeSeats, params))) {
      this.openChange(false);
    }
  }

  protected async resend(): Promise<void> {
    await this.run('resend', resentText, () => this.api.invoke(resend, this.params()));
  }

  protected async askToCancel(reservation: Reservation): Promise<void> {
    const dialog = this.dialog.open<CancelDialog, Reservation, boolean>(CancelDialog, {
      data: reservation,
    });
    if ((await firstValueFrom(dialog.afterClosed())) !== true) {
      return;
    }
    const done = $localize`:@@site.reservation.cancelled:Prenotazione annullata.`;
    if (await this.run('cancel', done, () => this.api.invoke(cancel, this.params()))) {
      this.heading.request();
    }
  }

  private params() {
    return { Authorization: reservationAuthorization(this.token()), language: this.language };
  }

  /** One action at a time; whatever happens, what the page already shows stays on it. */
  private async run(
    action: Action,
    done: string | ((reservation: Reservation) => string),
    call: () => Promise<Reservation>,
  ): Promise<boolean> {
    if (this.running() !== null) {
      return false;
    }
    this.running.set(action);
    this.failed.set(null);
    this.done.set(null);
    try {
      const reservation = await call();
      this.query.set(reservation);
      this.done.set({ action, text: typeof done === 'string' ? done : done(reservation) });
      return true;
    } catch (error) {
      const problem = toProblem(error);
      this.failed.set({ action, problem });
      if (problem.status === 409) {
        // What may be done has changed under the page.
        this.query.reload();
      }
      return false;
    } finally {
      this.running.set(null);
    }
  }
}

/** What became of the mail that was asked for: it was written down, which is not yet sent. */
function resentText({ email }: Reservation): string {
  switch (email?.state) {
    case 'sent':
      return $localize`:@@site.reservation.resent:Ti abbiamo scritto di nuovo: guarda nella posta.`;
    case 'failed':
      return $localize`:@@site.reservation.resendFailed:Il server di posta rifiuta il tuo indirizzo: l’e-mail non parte.`;
    default:
      return $localize`:@@site.reservation.resendQueued:L’e-mail parte appena il server di posta risponde.`;
  }
}
