import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import { Performance } from '@azione/shared/api/generated/models/performance';
import { bookingLabel, movedLabel } from '@azione/shared/programme/booking-state';
import { formatApiTime } from '@azione/shared/time/api-time';
import { ApiTimePipe } from '@azione/shared/time/api-time-pipe';
import { LOCALE_ID, inject } from '@angular/core';
import { A_WEEK, weeksOf } from './calendar';
import { monthsOf } from './season-filter';

/** The months as a wall calendar has them. On a phone a day has room for the hours alone. */
@Component({
  selector: 'azione-season-calendar',
  imports: [ApiTimePipe, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @for (month of months(); track month.key) {
      <table>
        <caption>
          {{
            month.at | apiTime: 'month'
          }}
        </caption>
        <thead>
          <tr>
            @for (day of week; track day) {
              <th scope="col">
                <abbr [attr.aria-label]="day | apiTime: 'longWeekday'">{{
                  day | apiTime: 'weekday'
                }}</abbr>
              </th>
            }
          </tr>
        </thead>
        <tbody>
          @for (row of month.weeks; track $index) {
            <tr>
              @for (day of row; track $index) {
                @if (day) {
                  <td [class.plays]="day.performances.length">
                    <span class="number">{{ day.number }}</span>
                    @for (performance of day.performances; track performance.id) {
                      <a
                        [routerLink]="['/performances', performance.id]"
                        [class.off]="performance.booking.state === 'cancelled'"
                        [class.shut]="performance.booking.state !== 'open'"
                        [attr.aria-label]="labelOf(performance)"
                      >
                        <span class="time">{{ performance.starts_at | apiTime: 'time' }}</span>
                        <span class="title">{{ performance.show.title }}</span>
                        @if (performance.booking.state !== 'open') {
                          <em>{{ stateOf(performance) }}</em>
                        }
                        @if (performance.booking.state !== 'cancelled' && performance.moved_from) {
                          <em i18n="@@site.season.moved">spostato</em>
                        }
                      </a>
                    }
                  </td>
                } @else {
                  <td></td>
                }
              }
            </tr>
          }
        </tbody>
      </table>
    }
  `,
  styles: `
    table {
      width: 100%;
      border-collapse: collapse;
      table-layout: fixed;
    }

    caption {
      padding-block: 2.25rem 0.75rem;
      color: var(--mat-sys-primary);
      font-family: var(--azione-display);
      font-size: 1.5rem;
      font-style: italic;
      font-weight: 650;
      text-align: start;
    }

    caption::first-letter {
      text-transform: uppercase;
    }

    th {
      padding-bottom: 0.375rem;
      color: var(--mat-sys-on-surface-variant);
      font-size: 0.875rem;
      font-weight: 550;
      text-align: start;
    }

    abbr {
      text-decoration: none;
    }

    td {
      height: 6.5rem;
      padding: 0.375rem;
      border: 1px solid var(--mat-sys-outline-variant);
      vertical-align: top;
    }

    td.plays {
      background: var(--mat-sys-surface-container-lowest);
    }

    .number {
      display: block;
      color: var(--mat-sys-on-surface-variant);
      font-size: 0.875rem;
    }

    .plays .number {
      color: inherit;
      font-weight: 700;
    }

    a {
      display: block;
      min-height: 2.75rem;
      margin-top: 0.25rem;
      padding: 0.25rem 0.375rem;
      border-inline-start: 3px solid var(--mat-sys-primary);
      color: inherit;
      font-size: 0.875rem;
      line-height: 1.2;
      text-decoration: none;
    }

    a:hover {
      background: var(--mat-sys-surface-container-high);
    }

    .time {
      display: block;
      font-weight: 650;
    }

    .title {
      overflow-wrap: anywhere;
    }

    em {
      display: block;
      color: var(--mat-sys-error);
      font-style: normal;
      font-weight: 650;
    }

    .off .title,
    .off .time {
      text-decoration: line-through;
    }

    @media (width < 24rem) {
      table {
        width: calc(100% + 2 * var(--azione-gutter));
        margin-inline: calc(-1 * var(--azione-gutter));
      }

      caption {
        padding-inline: var(--azione-gutter);
      }

      th {
        font-size: min(0.875rem, 3.4vw);
      }
    }

    @media (width < 44rem) {
      td {
        height: 4rem;
        padding: 0;
      }

      a {
        display: grid;
        place-items: center;
        padding: 0;
        border: 0;
        border-radius: 2px;
        background: var(--mat-sys-primary);
        color: var(--mat-sys-on-primary);
        font-size: 0.75rem;
      }

      .title,
      em {
        display: none;
      }

      a.shut {
        background: var(--mat-sys-surface-container-high);
        color: var(--mat-sys-on-surface-variant);
      }
    }
  `,
})
export class SeasonCalendar {
  readonly performances = input.required<readonly Performance[]>();

  private readonly locale = inject(LOCALE_ID);
  protected readonly week = A_WEEK;
  protected readonly months = computed(() =>
    monthsOf(this.performances()).map(({ key, at }) => ({
      key,
      at,
      weeks: weeksOf(key, this.performances()),
    })),
  );

  protected stateOf(performance: Performance): string {
    return bookingLabel(performance, this.locale);
  }

  /** In a small square there is no room for it; to a screen reader there is. */
  protected labelOf(performance: Performance): string {
    const when = formatApiTime(performance.starts_at, 'dayAndTime', this.locale);
    const said = [this.stateOf(performance), movedLabel(performance, this.locale)];
    return [performance.show.title, when, ...said.filter(Boolean)].join(', ');
  }
}
