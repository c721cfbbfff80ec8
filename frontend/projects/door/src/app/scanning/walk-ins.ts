import { ChangeDetectionStrategy, Component, computed, inject, output } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import { DeviceSessions } from '../device/device-session';
import { DoorState } from './door-state';

/** People without a reservation: who may let them in, and how many still. */
@Component({
  selector: 'azione-walk-ins',
  imports: [MatButton, MatIcon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (canManage() || door.allowanceLeft() > 0) {
      <button matButton="outlined" type="button" class="door-big" (click)="wanted.emit()">
        <mat-icon svgIcon="people" aria-hidden="true" />
        <ng-container i18n="@@door.walkIn.open">Senza prenotazione</ng-container>
      </button>
    }
    <p class="azione-muted">
      @if (door.allowanceLeft() > 0) {
        <ng-container i18n="@@door.walkIn.allowance">{door.allowanceLeft(), plural,
          =1 {Questo telefono può farne entrare ancora 1.}
          other {Questo telefono può farne entrare ancora {{ door.allowanceLeft() }}.}
        }</ng-container>
      } @else if (canManage()) {
        <ng-container i18n="@@door.walkIn.manager">Con un motivo, che resta scritto.</ng-container>
      } @else if (hasAllowance()) {
        <ng-container i18n="@@door.walkIn.used"
          >Senza prenotazione: da questo telefono non può entrare più nessuno. Mandali da chi
          gestisce la sala.</ng-container
        >
      } @else {
        <ng-container i18n="@@door.walkIn.none"
          >Senza prenotazione: li fa entrare solo chi gestisce la sala.</ng-container
        >
      }
    </p>
  `,
  styles: `
    :host {
      display: flex;
      flex-wrap: wrap;
      gap: 0.5rem 1rem;
      align-items: center;
    }

    p {
      flex: 1 1 12rem;
      margin: 0;
      line-height: 1.35;
    }
  `,
})
export class WalkIns {
  readonly wanted = output();

  protected readonly door = inject(DoorState);
  private readonly sessions = inject(DeviceSessions);
  protected readonly canManage = computed(() => this.sessions.current()?.canManage ?? false);
  protected readonly hasAllowance = computed(
    () => (this.sessions.current()?.walkInAllowance ?? 0) > 0,
  );
}
