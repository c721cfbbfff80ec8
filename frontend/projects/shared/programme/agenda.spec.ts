import { BookingStateEnum } from '../api/generated/models/booking-state-enum';
import { Performance } from '../api/generated/models/performance';
import { agendaOf, nextOnStage } from './agenda';

function performance(id: number, startsAt: string, state: BookingStateEnum = 'open'): Performance {
  return {
    id,
    starts_at: startsAt,
    doors_open_at: startsAt,
    booking: { state, opens_at: startsAt, closes_at: startsAt },
    seats: { bookable: 40, left: 40, few: false },
    max_seats_per_reservation: 6,
    note: '',
    moved_from: null,
    show: { slug: 'macbeth', title: 'Macbeth', subtitle: '', poster: null },
    venue: { slug: 'cantina', name: 'La Cantina', address: 'Via del Teatro 1' },
  };
}

describe('agendaOf', () => {
  it('groups by month and day of the theatre, in the order given', () => {
    const agenda = agendaOf([
      performance(1, '2026-10-31T23:30:00+01:00'),
      performance(2, '2026-11-01T00:15:00+01:00'),
      performance(3, '2026-11-01T20:30:00+01:00'),
    ]);
    const shape = agenda.map(({ key, days }) => [
      key,
      days.map((day) => [day.key, day.before, day.performances.map(({ id }) => id)]),
    ]);
    expect(shape).toEqual([
      ['2026-10', [['2026-10-31', 0, [1]]]],
      ['2026-11', [['2026-11-01', 1, [2, 3]]]],
    ]);
  });

  it('is empty when nothing plays', () => {
    expect(agendaOf([])).toEqual([]);
  });
});

describe('nextOnStage', () => {
  const cancelled = performance(1, '2026-10-24T20:30:00+02:00', 'cancelled');
  const soldOut = performance(2, '2026-10-25T20:30:00+01:00', 'sold_out');
  const open = performance(3, '2026-10-26T20:30:00+01:00');

  it('prefers what can be reserved, then what is not cancelled', () => {
    const noon = new Date('2026-10-24T12:00:00+02:00');
    expect(nextOnStage([cancelled, soldOut, open], noon)).toBe(open);
    expect(nextOnStage([cancelled, soldOut], noon)).toBe(soldOut);
    expect(nextOnStage([cancelled], noon)).toBeNull();
  });

  it('is nothing that has begun', () => {
    expect(nextOnStage([soldOut], new Date('2026-10-25T20:30:01+01:00'))).toBeNull();
  });
});
