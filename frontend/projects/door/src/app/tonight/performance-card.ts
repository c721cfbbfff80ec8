import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import { MatIcon } from '@angular/material/icon';
import { RouterLink } from '@angular/router';
import { DoorPerformance } from '@azione/shared/api/generated/models/door-performance';
import { ApiTimePipe } from '@azione/shared/time/api-time-pipe';
import { AdmittedBar } from '../door-list/admitted-bar';

/** One performance, all of it a target for a thumb. */
@Component({
  selector: 'azione-performance-card',
  imports: [AdmittedBar, ApiTimePipe, MatIcon, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <a
      [routerLink]="['/performances', performance().id]"
      [fragment]="ticket() ?? undefined"
      [class.cancelled]="performance().cancelled"
    >
      <h2>{{ performance().show_title }}</h2>
      <p class="time">
        <strong>{{ performance().starts_at | apiTime: 'time' }}</strong>
        <span class="azione-muted" i18n="@@door.card.doors"
          >porte alle {{ performance().doors_open_at | apiTime: 'time' }}</span
        >
      </p>
      <p class="azione-muted">{{ performance().venue_name }}</p>
      @if (performance().cancelled) {
        <p class="mark">
          <mat-icon svgIcon="close" aria-hidden="true" />
          <ng-container i18n="@@door.card.cancelled">Annullata</ng-container>
        </p>
      } @else {
        <p class="counts" i18n="@@door.card.counts">
          <strong>{{ performance().admitted }}</strong> entrati di
          {{ performance().expected }} attesi
        </p>
        <azione-admitted-bar
          [admitted]="performance().admitted"
          [expected]="performance().expected"
        />
      }
    </a>
  `,
  styles: `
    :host {
      display: block;
      height: 100%;
    }

    a {
      display: grid;
      gap: 0.25rem;
      align-content: start;
      height: 100%;
      padding: 1.25rem;
      border: 2px solid var(--mat-sys-outline-variant);
      border-radius: var(--mat-sys-corner-medium);
      background: var(--mat-sys-surface-container);
      color: inherit;
      text-decoration: none;
    }

    a:hover {
      border-color: var(--mat-sys-tertiary);
    }

    .cancelled {
      border-style: dashed;
      background: transparent;
    }

    .cancelled h2 {
      text-decoration: line-through;
      text-decoration-thickness: 2px;
    }

    h2,
    p {
      margin: 0;
    }

    .time {
      display: flex;
      gap: 0.75rem;
      align-items: baseline;
    }

    .time strong {
      font-size: 1.75rem;
      font-variant-numeric: tabular-nums;
    }

    .mark {
      display: flex;
      gap: 0.5rem;
      align-items: center;
      color: var(--mat-sys-error);
      font-weight: 700;
    }

    .counts strong {
      font-size: 1.375rem;
    }
  `,
})
export class PerformanceCard {
  readonly performance = input.required<DoorPerformance>();
  readonly ticket = input<string | null>(null);
}
