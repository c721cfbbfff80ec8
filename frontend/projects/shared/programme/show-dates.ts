import { ChangeDetectionStrategy, Component, LOCALE_ID, inject, input } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import { Performance } from '../api/generated/models/performance';
import { BookingState } from './booking-state';
import { formatApiTime } from '../time/api-time';
import { ApiTimePipe } from '../time/api-time-pipe';

/** When a show plays, each date with its seats and its button. */
@Component({
  selector: 'azione-show-dates',
  imports: [ApiTimePipe, BookingState, MatButton, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <ul>
      @for (performance of performances(); track performance.id) {
        <li>
          <div>
            <strong>{{ performance.starts_at | apiTime: 'day' }}</strong>
            <p>
              <span i18n="@@shared.dates.at">ore {{ performance.starts_at | apiTime: 'time' }}</span
              >,
              <a [routerLink]="['/venues', performance.venue.slug]">{{ performance.venue.name }}</a>
            </p>
            <azione-booking-state [performance]="performance" aria-live="polite" />
            @if (performance.note) {
              <p class="note">{{ performance.note }}</p>
            }
          </div>
          @if (performance.booking.state === 'open') {
            <a
              matButton="filled"
              [routerLink]="['/performances', performance.id]"
              [attr.aria-label]="reserveLabel(performance)"
              i18n="@@shared.dates.reserve"
              >Prenota</a
            >
          } @else if (performance.booking.state !== 'cancelled') {
            <a
              matButton
              [routerLink]="['/performances', performance.id]"
              [attr.aria-label]="detailsLabel(performance)"
              i18n="@@shared.dates.details"
              >Dettagli</a
            >
          }
        </li>
      }
    </ul>
  `,
  styles: `
    ul {
      margin: 0;
      padding: 0;
      list-style: none;
    }

    li {
      display: grid;
      grid-template-columns: 1fr auto;
      gap: 1rem;
      align-items: center;
      padding-block: 1rem;
      border-top: 1px solid var(--mat-sys-outline-variant);
    }

    strong {
      display: block;
      font-size: 1.0625rem;
      font-weight: 650;
    }

    strong::first-letter {
      text-transform: uppercase;
    }

    p {
      margin: 0 0 0.25rem;
    }

    .note {
      margin: 0.375rem 0 0;
      color: var(--mat-sys-on-surface-variant);
      font-size: 0.9375rem;
    }
  `,
})
export class ShowDates {
  readonly performances = input.required<readonly Performance[]>();

  private readonly locale = inject(LOCALE_ID);

  protected reserveLabel(performance: Performance): string {
    const when = this.when(performance);
    return $localize`:@@shared.dates.reserveLabel:Prenota per ${when}:when:`;
  }

  protected detailsLabel(performance: Performance): string {
    const when = this.when(performance);
    return $localize`:@@shared.dates.detailsLabel:Dettagli di ${when}:when:`;
  }

  private when({ starts_at }: Performance): string {
    return formatApiTime(starts_at, 'dayAndTime', this.locale);
  }
}
