import {
  ChangeDetectionStrategy,
  Component,
  computed,
  inject,
  input,
  linkedSignal,
} from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import { DeviceSessions } from '../device/device-session';
import { Desk } from './desk';
import { SessionEnded } from './session-ended';
import { StaffEntry } from './staff-entry';

/** The door of one performance; for a phone that is not there yet, or not any more, what to do. */
@Component({
  selector: 'azione-scan-page',
  imports: [Desk, MatButton, RouterLink, SessionEnded, StaffEntry],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (ended(); as why) {
      <azione-session-ended [why]="why" />
    } @else if (session(); as session) {
      @if (session.performance.id === +id()) {
        <azione-desk />
      } @else {
        <section class="azione-page">
          <h1 i18n="@@door.scan.elsewhere">Questo telefono è a un’altra porta</h1>
          <p i18n="@@door.scan.elsewhere.next">
            È abbinato a «{{ session.performance.show_title }}». Per cambiare, apri quella porta e
            lasciala dallo stato in alto.
          </p>
          <a
            matButton="filled"
            class="door-big"
            [routerLink]="['/performances', session.performance.id]"
            i18n="@@door.scan.elsewhere.go"
            >Vai a quella porta</a
          >
        </section>
      }
    } @else {
      <azione-staff-entry [id]="+id()" />
    }
  `,
})
export class ScanPage {
  /** From the route. */
  readonly id = input.required<string>();

  private readonly sessions = inject(DeviceSessions);
  protected readonly session = computed(() => this.sessions.current());
  /** Told to those who stood here, not to those who come back to begin anew. */
  protected readonly ended = computed(() => (this.hadDoor() ? this.sessions.ended() : null));
  private readonly hadDoor = linkedSignal<boolean, boolean>({
    source: () => this.sessions.current() !== null,
    computation: (hasDoor, before) => hasDoor || (before?.value ?? false),
  });
}
