import { ChangeDetectionStrategy, Component, computed, input, output } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import { Reservation } from '@azione/shared/api/generated/models/reservation';
import { Problem } from '@azione/shared/api/problem';
import { PageHeading } from '@azione/shared/ui/page-heading';
import { ProblemPanel } from '@azione/shared/ui/problem-panel';

/** A reservation that holds no seats any more, and the shortest way to new ones. */
@Component({
  selector: 'azione-over',
  imports: [MatButton, PageHeading, ProblemPanel, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (reservation().status === 'cancelled') {
      <p class="azione-overline" i18n="@@site.over.cancelledOverline">Annullata</p>
      <h1 azionePageHeading i18n="@@site.over.cancelled">La prenotazione è annullata</h1>
      <p class="lead" i18n="@@site.over.cancelledText">
        I posti sono tornati liberi e il biglietto non vale più. Grazie di avercelo detto: qualcun
        altro potrà venire.
      </p>
    } @else {
      <p class="azione-overline" i18n="@@site.over.expiredOverline">Scaduta</p>
      <h1 azionePageHeading i18n="@@site.over.expired">Il tempo per confermare è passato</h1>
      @if (reservation().actions.confirm) {
        <p class="lead" i18n="@@site.over.stillFree">
          Ma i posti ci sono ancora: un clic e sono tuoi.
        </p>
        <button
          matButton="filled"
          class="confirm"
          type="button"
          [disabled]="running()"
          disabledInteractive
          (click)="confirmed.emit()"
        >
          <ng-container i18n="@@site.over.confirm">{reservation().seats, plural,
            =1 {Prendi 1 posto}
            other {Prendi {{ reservation().seats }} posti}
          }</ng-container>
        </button>
      } @else {
        <p class="lead" i18n="@@site.over.gone">
          I posti che avevi chiesto sono tornati liberi, e nel frattempo qualcosa è cambiato.
        </p>
      }
    }
    @if (problem(); as problem) {
      <azione-problem-panel [problem]="problem" [retryable]="false" />
    }
    <div class="azione-actions">
      @if (canReserveAgain()) {
        <a
          matButton="filled"
          [routerLink]="['/performances', reservation().performance.id]"
          [state]="prefill()"
          i18n="@@site.over.again"
          >Prenota di nuovo</a
        >
      }
      <a
        matButton
        [routerLink]="['/shows', reservation().performance.show.slug]"
        i18n="@@site.over.otherDates"
        >Guarda le altre date</a
      >
    </div>
  `,
  styleUrl: './status.scss',
})
export class Over {
  readonly reservation = input.required<Reservation>();
  readonly running = input.required<boolean>();
  readonly problem = input.required<Problem | null>();
  readonly confirmed = output();

  protected readonly canReserveAgain = computed(() => {
    const { actions, performance } = this.reservation();
    return !actions.confirm && performance.booking.state === 'open';
  });
  /** Handed over in the navigation's state: a name does not belong in an address. */
  protected readonly prefill = computed(() => {
    const { name, email_address, seats } = this.reservation();
    return { prefill: { name, email: email_address, seats } };
  });
}
