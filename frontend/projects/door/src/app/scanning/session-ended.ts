import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  afterNextRender,
  inject,
  input,
  viewChild,
} from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import { RouterLink } from '@angular/router';
import { DeviceEnd } from '../device/device-session';
import { ExportPanel } from '../exchange/export-panel';
import { Outbox } from '../offline/outbox';
import { DeliverPanel } from './deliver-panel';

/** The phone was sent away, or the night is over: the list is gone, undelivered scans are not. */
@Component({
  selector: 'azione-session-ended',
  imports: [DeliverPanel, ExportPanel, MatButton, MatIcon, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <section class="azione-page">
      <mat-icon
        class="sign"
        [svgIcon]="why() === 'revoked' ? 'lock' : 'clock'"
        aria-hidden="true"
      />
      @if (why() === 'revoked') {
        <h1 #heading tabindex="-1" i18n="@@door.ended.revoked">
          Questo telefono non è più alla porta
        </h1>
        <p i18n="@@door.ended.revoked.why">
          Chi gestisce il teatro gli ha tolto l’accesso, o l’hai lasciata tu. La lista degli ospiti
          è stata cancellata e da qui non entra più nessuno.
        </p>
      } @else {
        <h1 #heading tabindex="-1" i18n="@@door.ended.expired">La serata è finita</h1>
        <p i18n="@@door.ended.expired.why">
          Sono passate tre ore dalla fine dello spettacolo: la lista degli ospiti è stata cancellata
          da questo telefono, come doveva. Grazie di tutto.
        </p>
      }
      @if (outbox.waiting() > 0) {
        <div class="waiting">
          <azione-deliver-panel />
          <azione-export-panel />
        </div>
      } @else {
        <p class="done" role="status">
          <mat-icon svgIcon="check" aria-hidden="true" />
          <ng-container i18n="@@door.ended.delivered"
            >Tutti gli ingressi letti da questo telefono sono arrivati al teatro.</ng-container
          >
        </p>
      }
      <div class="azione-actions">
        <a matButton="outlined" class="door-big" routerLink="/pair" i18n="@@door.ended.pair">
          Abbina di nuovo
        </a>
        <a matButton class="door-big" routerLink="/sign-in" i18n="@@door.ended.signIn">Accedi</a>
      </div>
    </section>
  `,
  styles: `
    .azione-page {
      max-width: 40rem;
    }

    h1 {
      font-size: clamp(1.875rem, 1.2rem + 3vw, 3rem);
    }

    .sign {
      width: 4rem;
      height: 4rem;
      color: var(--azione-warn);
    }

    .waiting {
      display: grid;
      gap: 1rem;
      padding: 1rem 1.25rem;
      border-inline-start: 0.375rem solid var(--azione-warn);
      background: var(--mat-sys-surface-container);
    }

    .done {
      display: flex;
      gap: 0.75rem;
    }

    .done mat-icon {
      flex: none;
      color: var(--azione-good);
    }
  `,
})
export class SessionEnded {
  readonly why = input.required<DeviceEnd>();

  protected readonly outbox = inject(Outbox);
  private readonly heading = viewChild.required<ElementRef<HTMLElement>>('heading');

  constructor() {
    // The page under the volunteer's hands has just gone away.
    afterNextRender(() => {
      this.heading().nativeElement.focus();
    });
  }
}
