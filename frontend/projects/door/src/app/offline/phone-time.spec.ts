import { phoneTime } from './phone-time';

describe('phoneTime', () => {
  const at = '1970-01-01T00:10:00.000Z';

  it('leaves the time as the phone saw it, with how its clock stood', () => {
    expect(phoneTime(at, -90_000)).toEqual({ scanned_at: at, clock_offset_ms: -90_000 });
    expect(phoneTime(at, null)).toEqual({ scanned_at: at, clock_offset_ms: null });
  });

  it('corrects the time of a clock that nobody ever set', () => {
    const offset = Date.parse('2026-11-22T19:30:00Z');
    const corrected = { scanned_at: '2026-11-22T19:40:00.000Z', clock_offset_ms: null };
    expect(phoneTime(at, offset)).toEqual(corrected);
  });
});
