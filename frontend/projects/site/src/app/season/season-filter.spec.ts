import { Performance } from '@azione/shared/api/generated/models/performance';
import { datesByShow, filtered, monthsOf, venuesOf } from './season-filter';

function performance(id: number, startsAt: string, venue: string): Performance {
  return {
    id,
    starts_at: startsAt,
    doors_open_at: startsAt,
    booking: { state: 'open', opens_at: startsAt, closes_at: startsAt },
    seats: { bookable: 40, left: 40, few: false },
    max_seats_per_reservation: 6,
    note: '',
    moved_from: null,
    show: { slug: 'macbeth', title: 'Macbeth', subtitle: '', poster: null },
    venue: { slug: venue, name: venue.toUpperCase(), address: '' },
  };
}

const EVENINGS = [
  performance(1, '2026-11-30T23:30:00+01:00', 'oratorio'),
  performance(2, '2026-12-01T00:30:00+01:00', 'cantina'),
  performance(3, '2026-12-05T20:30:00+01:00', 'oratorio'),
];

describe('the choices of a season', () => {
  it('are its months on the theatre’s calendar, and its rooms by name', () => {
    expect(monthsOf(EVENINGS).map(({ key }) => key)).toEqual(['2026-11', '2026-12']);
    expect(venuesOf(EVENINGS)).toEqual([
      { key: 'cantina', name: 'CANTINA' },
      { key: 'oratorio', name: 'ORATORIO' },
    ]);
  });

  it('go by show, whichever of them the list of shows still has', () => {
    const [one, two, three] = EVENINGS as [Performance, Performance, Performance];
    const other = { ...two, show: { ...two.show, slug: 'amleto' } };
    expect(datesByShow([one, other, three])).toEqual([[one, three], [other]]);
    expect(datesByShow([])).toEqual([]);
  });

  it.each([
    [{ month: '', venue: '' }, [1, 2, 3]],
    [{ month: '2026-12', venue: '' }, [2, 3]],
    [{ month: '', venue: 'oratorio' }, [1, 3]],
    [{ month: '2026-12', venue: 'oratorio' }, [3]],
    [{ month: '2027-01', venue: '' }, []],
  ])('leave what fits both: %o', (filter, ids) => {
    expect(filtered(EVENINGS, filter).map(({ id }) => id)).toEqual(ids);
  });
});
