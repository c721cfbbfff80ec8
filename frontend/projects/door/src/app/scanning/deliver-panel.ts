import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { problemMessage } from '@azione/shared/api/problem-message';
import { Outbox } from '../offline/outbox';

/** What the server has not got yet, and a way to give it to it now. */
@Component({
  selector: 'azione-deliver-panel',
  imports: [MatButton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <p role="status">
      @if (outbox.waiting() > 0) {
        <strong i18n="@@door.deliver.waiting">{outbox.waiting(), plural,
          =1 {1 lettura da consegnare}
          other {{{ outbox.waiting() }} letture da consegnare}
        }</strong>
      } @else {
        <ng-container i18n="@@door.deliver.none">Tutto consegnato.</ng-container>
      }
    </p>
    @if (outbox.waiting() > 0) {
      @if (problem()) {
        <p role="alert" class="problem">{{ problem() }}</p>
      }
      <button matButton="filled" type="button" class="door-big" (click)="deliver()">
        @if (isDelivering()) {
          <ng-container i18n="@@door.deliver.sending">Consegno…</ng-container>
        } @else {
          <ng-container i18n="@@door.deliver.now">Consegna adesso</ng-container>
        }
      </button>
    }
  `,
  styles: `
    :host {
      display: grid;
      gap: 0.5rem;
    }

    p {
      margin: 0;
    }

    .problem {
      color: var(--mat-sys-error);
      font-weight: 600;
    }
  `,
})
export class DeliverPanel {
  protected readonly outbox = inject(Outbox);
  protected readonly isDelivering = signal(false);
  protected readonly problem = computed(() => {
    const stuck = this.outbox.stuck();
    if (stuck?.code === 'not_authenticated') {
      return $localize`:@@door.deliver.unknown:Il server non conosce più questo telefono. Restano qui: partono quando lo abbini di nuovo, e intanto si possono esportare.`;
    }
    return stuck === null ? '' : problemMessage(stuck);
  });

  protected async deliver(): Promise<void> {
    if (!this.isDelivering()) {
      this.isDelivering.set(true);
      await this.outbox.deliver();
      this.isDelivering.set(false);
    }
  }
}
