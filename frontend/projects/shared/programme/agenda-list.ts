import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import { Performance } from '../api/generated/models/performance';
import { ApiTimePipe } from '../time/api-time-pipe';
import { agendaOf } from './agenda';
import { pieceByPiece } from '../ui/piece-by-piece';
import { PerformanceRow } from './performance-row';

/** Dates as a theatre prints them: month, day, and what plays that day. */
@Component({
  selector: 'azione-agenda-list',
  imports: [ApiTimePipe, PerformanceRow],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @for (month of agenda(); track month.key) {
      <h3 class="month">{{ month.at | apiTime: 'month' }}</h3>
      <ol>
        @for (day of month.days; track day.key) {
          <li class="day">
            @if (day.before < ready()) {
              <h4>
                <time [attr.datetime]="day.key">
                  <span class="number" aria-hidden="true">{{ +day.key.slice(8) }}</span>
                  <span class="weekday" aria-hidden="true">{{ day.at | apiTime: 'weekday' }}</span>
                  <span class="azione-hidden">{{ day.at | apiTime: 'day' }}</span>
                </time>
              </h4>
              <ul>
                @for (performance of day.performances; track performance.id) {
                  <li>
                    <azione-performance-row [performance]="performance" />
                  </li>
                }
              </ul>
            }
          </li>
        }
      </ol>
    }
  `,
  styles: `
    .month {
      margin: 2.25rem 0 0;
      padding-bottom: 0.5rem;
      border-bottom: 1px solid var(--mat-sys-on-surface);
      color: var(--mat-sys-primary);
      font-size: 1.375rem;
      font-style: italic;
    }

    .month::first-letter {
      text-transform: uppercase;
    }

    ol,
    ul {
      margin: 0;
      padding: 0;
      list-style: none;
    }

    .day {
      display: grid;
      grid-template-columns: 5.5rem minmax(0, 1fr);
      border-bottom: 1px solid var(--mat-sys-outline-variant);
    }

    h4 {
      margin: 0;
      padding-top: 1rem;
      font-weight: inherit;
    }

    time {
      display: grid;
      line-height: 1;
    }

    .number {
      font-family: var(--azione-display);
      font-size: 2.75rem;
      font-weight: 700;
    }

    .weekday {
      margin-top: 0.25rem;
      color: var(--mat-sys-on-surface-variant);
      font-size: 0.875rem;
    }

    /* About what a day takes that is not there yet. */
    .day:empty {
      height: 6.5rem;
    }

    .day li + li {
      border-top: 1px dashed var(--mat-sys-outline-variant);
    }

    @media (width < 44rem) {
      .day {
        grid-template-columns: 3.75rem minmax(0, 1fr);
      }

      .number {
        font-size: 2.125rem;
      }
    }

    @media (width < 24rem) {
      .day {
        grid-template-columns: 1fr;
      }

      time {
        display: flex;
        gap: 0.5rem;
        align-items: baseline;
      }
    }
  `,
})
export class AgendaList {
  readonly performances = input.required<readonly Performance[]>();

  protected readonly agenda = computed(() => agendaOf(this.performances()));
  protected readonly ready = pieceByPiece(() => this.performances().length);
}
