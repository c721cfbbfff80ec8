import {
  ChangeDetectionStrategy,
  Component,
  LOCALE_ID,
  booleanAttribute,
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

export function bookingTone(performance: Performance): BookingTone {
  const tones: Readonly<Record<BookingStateEnum, BookingTone>> = {
    open: performance.seats.few ? 'warn' : 'good',
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
  if (!performance.seats.few) {
    return $localize`:@@shared.booking.open:Posti disponibili`;
  }
  return left === 1
    ? $localize`:@@shared.booking.last:Ultimo posto`
    : $localize`:@@shared.booking.few:Ultimi ${left}:seats: posti`;
}

/** Where it was announced, of the parts that are others now; empty where it was not moved. */
export function movedLabel(performance: Performance, locale: string): string {
  const { moved_from: announced, starts_at, venue } = performance;
  if (!announced) {
    return '';
  }
  const when = formatApiTime(announced.starts_at, 'dayAndTime', locale);
  const where = announced.venue;
  if (announced.starts_at === starts_at) {
    return $localize`:@@shared.booking.movedRoom:Cambio di sala: prima era ${where}:where:`;
  }
  return where === venue.name
    ? $localize`:@@shared.booking.moved:Spostato: era ${when}:when:`
    : $localize`:@@shared.booking.movedThere:Spostato: era ${when}:when:, ${where}:where:`;
}

const ICONS: Readonly<Record<BookingTone, IconName>> = {
  good: 'check',
  warn: 'warning',
  quiet: 'clock',
  bad: 'blocked',
};

/** Whether there are seats, and whether it was moved: in words, an icon and a colour, never by colour alone. */
@Component({
  selector: 'azione-booking-state',
  imports: [MatIcon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <span><mat-icon [svgIcon]="icon()" aria-hidden="true" />{{ label() }}</span>
    @if (moved(); as said) {
      <span class="moved"><mat-icon svgIcon="arrow-forward" aria-hidden="true" />{{ said }}</span>
    }
  `,
  styles: `
    :host {
      display: flex;
      flex-wrap: wrap;
      gap: 0.125rem 1rem;
      color: var(--mat-sys-on-surface-variant);
      font-size: 0.9375rem;
      font-weight: 550;
      line-height: 1.3;
    }

    span {
      display: inline-flex;
      gap: 0.375rem;
      align-items: center;
    }

    .moved {
      color: var(--azione-warn);
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
  /** For where that stands already. */
  readonly seatsOnly = input(false, { transform: booleanAttribute });

  private readonly locale = inject(LOCALE_ID);
  protected readonly tone = computed(() => bookingTone(this.performance()));
  protected readonly icon = computed(() => ICONS[this.tone()]);
  protected readonly label = computed(() => bookingLabel(this.performance(), this.locale));
  protected readonly moved = computed(() =>
    this.seatsOnly() ? '' : movedLabel(this.performance(), this.locale),
  );
}
