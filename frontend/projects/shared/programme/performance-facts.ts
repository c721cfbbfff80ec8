import {
  ChangeDetectionStrategy,
  Component,
  LOCALE_ID,
  computed,
  inject,
  input,
} from '@angular/core';
import { MatIcon } from '@angular/material/icon';
import { Performance } from '../api/generated/models/performance';
import { ApiTimePipe } from '../time/api-time-pipe';
import { movedLabel } from './booking-state';

/** When, where and from what time one can go in. */
@Component({
  selector: 'azione-performance-facts',
  imports: [ApiTimePipe, MatIcon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <dl>
      <div>
        <dt>
          <mat-icon svgIcon="calendar" aria-hidden="true" />
          <span class="azione-hidden" i18n="@@shared.facts.when">Quando</span>
        </dt>
        <dd>
          <strong>{{ performance().starts_at | apiTime: 'date' }}</strong>
          <span i18n="@@shared.facts.at">ore {{ performance().starts_at | apiTime: 'time' }}</span>
        </dd>
      </div>
      <div>
        <dt>
          <mat-icon svgIcon="place" aria-hidden="true" />
          <span class="azione-hidden" i18n="@@shared.facts.where">Dove</span>
        </dt>
        <dd>
          <strong>{{ performance().venue.name }}</strong>
          <span>{{ performance().venue.address }}</span>
        </dd>
      </div>
      <div>
        <dt>
          <mat-icon svgIcon="clock" aria-hidden="true" />
          <span class="azione-hidden" i18n="@@shared.facts.doors">Apertura porte</span>
        </dt>
        <dd>
          <span i18n="@@shared.facts.doorsAt"
            >Le porte aprono alle {{ performance().doors_open_at | apiTime: 'time' }}</span
          >
        </dd>
      </div>
      @if (moved(); as said) {
        <div class="moved">
          <dt>
            <mat-icon svgIcon="arrow-forward" aria-hidden="true" />
            <span class="azione-hidden" i18n="@@shared.facts.moved">Spostamento</span>
          </dt>
          <dd>{{ said }}</dd>
        </div>
      }
      @if (performance().note) {
        <div>
          <dt>
            <mat-icon svgIcon="info" aria-hidden="true" />
            <span class="azione-hidden" i18n="@@shared.facts.note">Nota</span>
          </dt>
          <dd>{{ performance().note }}</dd>
        </div>
      }
    </dl>
  `,
  styles: `
    dl {
      display: grid;
      gap: 0.75rem;
      margin: 0;
    }

    dl > div {
      display: grid;
      grid-template-columns: 1.5rem 1fr;
      gap: 0.75rem;
    }

    mat-icon {
      color: var(--mat-sys-primary);
    }

    dd {
      margin: 0;
    }

    .moved dd,
    .moved mat-icon {
      color: var(--azione-warn);
      font-weight: 650;
    }

    dd > * {
      display: block;
    }

    strong {
      font-weight: 650;
    }

    strong::first-letter {
      text-transform: uppercase;
    }
  `,
})
export class PerformanceFacts {
  readonly performance = input.required<Performance>();

  private readonly locale = inject(LOCALE_ID);
  protected readonly moved = computed(() => movedLabel(this.performance(), this.locale));
}
