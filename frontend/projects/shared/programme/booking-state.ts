import {
  ChangeDetectionStrategy,
  Component,
  LOCALE_ID,
  computed,
  inject,
  input,
} from '@angular/core';
import { MatIcon } from '@angular/material/icon';
import { BookingStateEnum } from '../api/generated/models/booking-state-enum';
import { Performance } from '../api/generated/models/performance';
import { formatApiTime } from '../time/api-time';
import { IconName } from '../ui/icons';

export type BookingTone = 'good' | 'warn' | 'quiet' | 'bad';

/** From here on the number is worth telling; in a large house, from a tenth of it. */
const FEW_SEATS = 5;

export function hasFewSeats({ seats, booking }: Performance): boolean {
  return booking.state === 'open' && seats.left <= Math.max(FEW_SEATS, seats.bookable / 10);
}

export function bookingTone(performance: Performance): BookingTone {
  const tones: Readonly<Record<BookingStateEnum, BookingTone>> = {
    open: hasFewSeats(performance) ? 'warn' : 'good',
    not_yet: 'quiet',
    closed: 'quiet',
    sold_out: 'bad',
    cancelled: 'bad',
  };
  return tones[performance.booking.state];
}

export function bookingLabel(performance: Performance, locale: string): string {
  const { booking, seats } = performance;
  switch (booking.state) {
    case 'open':
      return openLabel(performance, seats.left);
    case 'not_yet': {
      const day = formatApiTime(booking.opens_at, 'day', locale);
      return $localize`:@@shared.booking.notYet:Prenotazioni da ${day}:day:`;
    }
    case 'closed':
      return $localize`:@@shared.booking.closed:Prenotazioni chiuse`;
    case 'sold_out':
      return $localize`:@@shared.booking.soldOut:Tutto esaurito`;
    case 'cancelled':
      return $localize`:@@shared.booking.cancelled:Annullato`;
  }
}

function openLabel(performance: Performance, left: number): string {
  if (!hasFewSeats(performance)) {
    return $localize`:@@shared.booking.open:Posti disponibili`;
  }
  return left === 1
    ? $localize`:@@shared.booking.last:Ultimo posto`
    : $localize`:@@shared.booking.few:Ultimi ${left}:seats: posti`;
}

const ICONS: Readonly<Record<BookingTone, IconName>> = {
  good: 'check',
  warn: 'warning',
  quiet: 'clock',
  bad: 'blocked',
};

/** Whether there are seats, in words, an icon and a colour: never by colour alone. */
@Component({
  selector: 'azione-booking-state',
  imports: [MatIcon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `<mat-icon [svgIcon]="icon()" aria-hidden="true" /><span>{{ label() }}</span>`,
  styles: `
    :host {
      display: inline-flex;
      align-items: center;
      gap: 0.375rem;
      color: var(--mat-sys-on-surface-variant);
      font-size: 0.9375rem;
      font-weight: 550;
      line-height: 1.3;
    }

    mat-icon {
      flex: none;
      width: 1.125rem;
      height: 1.125rem;
    }

    :host(.good) {
      color: var(--azione-good);
    }

    :host(.warn) {
      color: var(--azione-warn);
    }

    :host(.bad) {
      color: var(--mat-sys-error);
    }
  `,
  host: { '[class]': 'tone()' },
})
export class BookingState {
  readonly performance = input.required<Performance>();

  private readonly locale = inject(LOCALE_ID);
  protected readonly tone = computed(() => bookingTone(this.performance()));
  protected readonly icon = computed(() => ICONS[this.tone()]);
  protected readonly label = computed(() => bookingLabel(this.performance(), this.locale));
}
