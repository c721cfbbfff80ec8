import {
  ChangeDetectionStrategy,
  Component,
  LOCALE_ID,
  computed,
  inject,
  input,
} from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import { Performance } from '../api/generated/models/performance';
import { BookingState } from './booking-state';
import { PosterImage } from './poster';
import { formatApiTime } from '../time/api-time';
import { ApiTimePipe } from '../time/api-time-pipe';

/** One date in the programme. */
@Component({
  selector: 'azione-performance-row',
  imports: [ApiTimePipe, BookingState, MatButton, PosterImage, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <a class="poster" [routerLink]="show()" tabindex="-1" aria-hidden="true">
      <azione-poster
        [poster]="performance().show.poster"
        [title]="performance().show.title"
        decorative
      />
    </a>
    <div class="what">
      <a class="title" [routerLink]="show()">{{ performance().show.title }}</a>
      <p>
        <span i18n="@@shared.row.at">ore {{ performance().starts_at | apiTime: 'time' }}</span>
        <span class="venue">{{ performance().venue.name }}</span>
      </p>
      <azione-booking-state [performance]="performance()" />
    </div>
    @if (performance().booking.state === 'open') {
      <a
        matButton="tonal"
        [routerLink]="['/performances', performance().id]"
        [attr.aria-label]="reserveLabel()"
        i18n="@@shared.row.reserve"
        >Prenota</a
      >
    }
  `,
  styles: `
    :host {
      display: grid;
      grid-template-columns: 3.25rem 1fr auto;
      gap: 1rem;
      align-items: center;
      padding-block: 1rem;
    }

    .title {
      color: inherit;
      font-family: var(--azione-display);
      font-size: 1.375rem;
      font-weight: 650;
      line-height: 1.15;
      text-decoration: none;
    }

    .title:hover {
      text-decoration: underline;
    }

    p {
      display: flex;
      flex-wrap: wrap;
      gap: 0 0.75rem;
      margin: 0.125rem 0 0.25rem;
    }

    .venue {
      color: var(--mat-sys-on-surface-variant);
    }

    :host(.cancelled) .title {
      text-decoration: line-through;
    }

    @media (width < 44rem) {
      :host {
        grid-template-columns: 1fr auto;
        gap: 0.75rem;
      }

      .poster {
        display: none;
      }

      .title {
        font-size: 1.25rem;
      }
    }
  `,
  host: { '[class.cancelled]': "performance().booking.state === 'cancelled'" },
})
export class PerformanceRow {
  readonly performance = input.required<Performance>();

  private readonly locale = inject(LOCALE_ID);
  protected readonly show = computed(() => ['/shows', this.performance().show.slug]);
  /** A page full of links that all say "Reserve" tells a screen reader nothing. */
  protected readonly reserveLabel = computed(() => {
    const { show, starts_at } = this.performance();
    const when = formatApiTime(starts_at, 'dayAndTime', this.locale);
    return $localize`:@@shared.row.reserveLabel:Prenota: ${show.title}:title:, ${when}:when:`;
  });
}
