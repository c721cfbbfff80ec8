import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import { MatIcon } from '@angular/material/icon';

/** Whether there are steps between the street and the seat. */
@Component({
  selector: 'azione-entrance',
  imports: [MatIcon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <mat-icon [svgIcon]="stepFree() ? 'accessible' : 'info'" aria-hidden="true" />
    @if (stepFree()) {
      <strong i18n="@@shared.venue.stepFree">Si entra senza gradini</strong>
    } @else {
      <strong i18n="@@shared.venue.steps">Per entrare ci sono gradini</strong>
    }
  `,
  styles: `
    :host {
      display: flex;
      gap: 0.75rem;
      align-items: center;
    }

    mat-icon {
      flex: none;
      color: var(--mat-sys-primary);
    }
  `,
})
export class Entrance {
  readonly stepFree = input.required<boolean>();
}
