import { onTheatreClock } from './theatre-clock';

describe('onTheatreClock', () => {
  it.each([
    ['2026-11-22T20:30:00+01:00', '2026-11-22T00:59:00.000+01:00'],
    ['2026-07-22T20:30:00-03:30', '2026-11-21T20:29:00.000-03:30'],
    ['2026-07-22T20:30:00Z', '2026-11-21T23:59:00.000Z'],
  ])('writes a moment with the offset of %s', (written, expected) => {
    expect(onTheatreClock(new Date('2026-11-21T23:59:00Z'), written)).toBe(expected);
  });
});
