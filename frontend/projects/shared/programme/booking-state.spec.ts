import { BookingStateEnum } from '../api/generated/models/booking-state-enum';
import { Performance } from '../api/generated/models/performance';
import { bookingLabel, bookingTone, movedLabel } from './booking-state';

function performance(
  state: BookingStateEnum,
  left: number,
  few = false,
  bookable = 40,
): Performance {
  const time = '2026-10-24T20:30:00+02:00';
  return {
    id: 1,
    starts_at: time,
    doors_open_at: time,
    booking: { state, opens_at: '2026-10-03T10:00:00+02:00', closes_at: time },
    seats: { bookable, left, few },
    max_seats_per_reservation: 6,
    note: '',
    moved_from: null,
    show: { slug: 'macbeth', title: 'Macbeth', subtitle: '', poster: null },
    venue: { slug: 'cantina', name: 'La Cantina', address: 'Via del Teatro 1' },
  };
}

describe('bookingLabel', () => {
  it('counts the seats only when they are few', () => {
    const label = (left: number, few: boolean) =>
      bookingLabel(performance('open', left, few), 'it');
    expect(label(40, false)).toBe('Posti disponibili');
    expect(label(5, true)).toBe('Ultimi 5 posti');
    expect(label(1, true)).toBe('Ultimo posto');
  });

  it('says when booking opens, and why there is none', () => {
    expect(bookingLabel(performance('not_yet', 40), 'it')).toBe('Prenotazioni da sabato 3 ottobre');
    expect(bookingLabel(performance('sold_out', 0), 'it')).toBe('Tutto esaurito');
    expect(bookingLabel(performance('closed', 9), 'it')).toBe('Prenotazioni chiuse');
    expect(bookingLabel(performance('cancelled', 9), 'it')).toBe('Annullato');
  });
});

describe('bookingTone', () => {
  it('warns of the last seats', () => {
    expect(bookingTone(performance('open', 40))).toBe('good');
    expect(bookingTone(performance('open', 2, true))).toBe('warn');
    expect(bookingTone(performance('sold_out', 0))).toBe('bad');
  });
});

describe('movedLabel', () => {
  const announced = { starts_at: '2026-10-23T20:30:00+02:00', venue: 'La Cantina' };

  it('says what is another one now', () => {
    const moved = performance('open', 40);
    expect(movedLabel(moved, 'it')).toBe('');
    expect(movedLabel({ ...moved, moved_from: announced }, 'it')).toBe(
      'Spostato: era venerdì 23 ottobre alle ore 20:30',
    );
    expect(movedLabel({ ...moved, moved_from: { ...announced, venue: 'Oratorio' } }, 'it')).toBe(
      'Spostato: era venerdì 23 ottobre alle ore 20:30, Oratorio',
    );
    const elsewhere = { starts_at: moved.starts_at, venue: 'Oratorio' };
    expect(movedLabel({ ...moved, moved_from: elsewhere }, 'it')).toBe(
      'Cambio di sala: prima era Oratorio',
    );
  });
});
