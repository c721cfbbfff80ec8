import { ChangeDetectionStrategy, Component, computed, inject, output } from '@angular/core';
import { MatIcon } from '@angular/material/icon';
import { DeviceSessions } from '../device/device-session';
import { Link } from '../offline/link';
import { Outbox } from '../offline/outbox';
import { injectListAge } from './list-age';

/** Always in sight: is there a network, how old is the list, what has still to be delivered. */
@Component({
  selector: 'azione-status-strip',
  imports: [MatIcon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <button
      type="button"
      aria-haspopup="dialog"
      [class.offline]="isOffline()"
      (click)="opened.emit()"
    >
      <span class="link">
        <mat-icon [svgIcon]="icon()" aria-hidden="true" />
        @if (sessions.isUnknown()) {
          <strong i18n="@@door.status.unknown">Da riabbinare</strong>
        } @else if (isOffline()) {
          <strong i18n="@@door.status.offline">Senza rete</strong>
        } @else {
          <strong i18n="@@door.status.online">In rete</strong>
        }
      </span>
      @if (age(); as age) {
        <span class="age" [class.old]="age.isOld">
          @if (age.isOld) {
            <mat-icon svgIcon="warning" aria-hidden="true" />
          }
          <span>
            <ng-container i18n="@@door.status.age">lista delle {{ age.at }}</ng-container
            >,
            <ng-container i18n="@@door.status.minutes">{age.minutes, plural,
              =0 {adesso}
              other {{{ age.minutes }} min fa}
            }</ng-container>
          </span>
        </span>
      } @else {
        <span class="age old" i18n="@@door.status.noList">nessuna lista</span>
      }
      @if (sessions.seemsOver()) {
        <span class="age old">
          <mat-icon svgIcon="warning" aria-hidden="true" />
          <span i18n="@@door.status.seemsOver">serata finita?</span>
        </span>
      }
      @if (outbox.waiting(); as waiting) {
        <span class="waiting" i18n="@@door.status.waiting">{waiting, plural,
          =1 {1 da consegnare}
          other {{{ waiting }} da consegnare}
        }</span>
      }
      <span class="azione-hidden" i18n="@@door.status.open">Stato della porta</span>
    </button>
    <p class="azione-hidden" role="status">{{ spoken() }}</p>
  `,
  styleUrl: './status-strip.scss',
})
export class StatusStrip {
  readonly opened = output();

  protected readonly outbox = inject(Outbox);
  protected readonly sessions = inject(DeviceSessions);
  private readonly link = inject(Link);
  protected readonly age = injectListAge();
  protected readonly isOffline = computed(() => this.link.state() === 'offline');
  protected readonly icon = computed(() =>
    this.sessions.isUnknown() ? 'warning' : this.isOffline() ? 'offline' : 'online',
  );
  protected readonly spoken = computed(() => {
    if (this.sessions.isUnknown()) {
      return $localize`:@@door.status.spokenUnknown:Il server non conosce più questo telefono: ora decide da solo.`;
    }
    return this.isOffline()
      ? $localize`:@@door.status.spokenOffline:Senza rete: ora decide questo telefono.`
      : $localize`:@@door.status.spokenOnline:In rete: decide il server.`;
  });
}
