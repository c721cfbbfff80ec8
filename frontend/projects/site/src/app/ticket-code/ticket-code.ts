import {
  ChangeDetectionStrategy,
  Component,
  DOCUMENT,
  computed,
  effect,
  inject,
  signal,
} from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { MatButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import { ActivatedRoute, RouterLink } from '@angular/router';
import { Api } from '@azione/shared/api/generated/api';
import { getSession } from '@azione/shared/api/generated/functions';
import { injectLanguage } from '@azione/shared/api/language';
import { mayBeStaff, rememberStaff } from '@azione/shared/api/staff-hint';
import { TheatreInfo } from '@azione/shared/theatre/theatre';
import { PageHeading } from '@azione/shared/ui/page-heading';

/** What a ticket's QR code opens: for staff the door, for anybody else an explanation without a name in it. */
@Component({
  selector: 'azione-ticket-code',
  imports: [MatButton, MatIcon, PageHeading, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <section class="azione-page azione-narrow">
      @if (checking()) {
        <p role="status" i18n="@@site.ticketCode.checking">Un attimo…</p>
      } @else {
        <mat-icon svgIcon="ticket" aria-hidden="true" />
        <h1 azionePageHeading i18n="@@site.ticketCode.heading">Questo è un biglietto</h1>
        <p i18n="@@site.ticketCode.text">
          È il codice di un posto prenotato a {{ theatreName() }}. Mostralo all’ingresso: lo legge
          chi sta alla porta, non serve stamparlo.
        </p>
        <p i18n="@@site.ticketCode.private">
          Il codice apre la porta e nient’altro: da qui nessuno può vedere il tuo nome, cambiare o
          annullare la prenotazione. Per quello c’è il link nella tua e-mail.
        </p>
        <div class="azione-actions">
          <a matButton="filled" routerLink="/" i18n="@@site.ticketCode.home">Vai al programma</a>
          <a matButton routerLink="/find-reservation" i18n="@@site.ticketCode.find"
            >Ritrova la prenotazione</a
          >
        </div>
        @if (doorUrl(); as url) {
          <p class="staff">
            <span i18n="@@site.ticketCode.staff">Lavori alla porta?</span>&ngsp;
            <a [href]="url" i18n="@@site.ticketCode.door">Accedi e controlla il biglietto</a>
          </p>
        }
      }
    </section>
  `,
  styles: `
    mat-icon {
      width: 3rem;
      height: 3rem;
      margin-bottom: 1rem;
      color: var(--mat-sys-primary);
    }

    .staff {
      margin-top: 3rem;
      color: var(--mat-sys-on-surface-variant);
    }
  `,
})
export class TicketCode {
  private readonly api = inject(Api);
  private readonly language = injectLanguage();
  private readonly location = inject(DOCUMENT).location;
  private readonly ticket = toSignal(inject(ActivatedRoute).fragment);

  protected readonly theatreName = inject(TheatreInfo).name;
  protected readonly checking = signal(true);
  protected readonly doorUrl = computed(() => {
    const ticket = this.ticket();
    return ticket ? `/door/${this.language}/t#${encodeURIComponent(ticket)}` : null;
  });

  constructor() {
    effect(() => {
      void this.openDoorFor(this.doorUrl());
    });
  }

  /** A guest's browser does not even ask: the answer would leave a cookie there. */
  private async openDoorFor(doorUrl: string | null): Promise<void> {
    if (doorUrl !== null && mayBeStaff() && (await this.mayScan())) {
      this.location.replace(doorUrl);
      return;
    }
    this.checking.set(false);
  }

  /** When the session cannot be asked for, the explanation holds all the same. */
  private async mayScan(): Promise<boolean> {
    try {
      const session = await this.api.invoke(getSession, {});
      rememberStaff(session.username !== null);
      return session.can_scan;
    } catch {
      return false;
    }
  }
}
