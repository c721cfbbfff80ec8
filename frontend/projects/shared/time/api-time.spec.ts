import { apiDay, formatApiTime } from './api-time';

describe('formatApiTime', () => {
  it('shows the hour as written on both sides of the end of summer time', () => {
    expect(formatApiTime('2026-10-24T20:30:00+02:00', 'time', 'it')).toBe('20:30');
    expect(formatApiTime('2026-10-25T20:30:00+01:00', 'time', 'it')).toBe('20:30');
  });

  it('tells the two 02:30 of that night by nothing but their offset', () => {
    expect(formatApiTime('2026-10-25T02:30:00+02:00', 'time', 'it')).toBe('02:30');
    expect(formatApiTime('2026-10-25T02:30:00+01:00', 'time', 'it')).toBe('02:30');
  });

  it('does not care about the zone of the device', () => {
    // 23:45 in Rome is the next day in Tokyo and the same afternoon in New York.
    expect(formatApiTime('2026-03-28T23:45:00+01:00', 'date', 'it')).toBe('sabato 28 marzo 2026');
    expect(formatApiTime('2026-03-29T00:15:00+01:00', 'date', 'it')).toBe('domenica 29 marzo 2026');
  });

  it('writes each language its own way, on a 24-hour clock', () => {
    expect(formatApiTime('2026-10-24T20:30:00+02:00', 'dayAndTime', 'it')).toContain(
      'sabato 24 ottobre',
    );
    const english = formatApiTime('2026-10-24T20:30:00+02:00', 'dayAndTime', 'en');
    expect(english).toContain('Saturday');
    expect(english).toContain('24 October');
    expect(english).toContain('20:30');
  });

  it('refuses a time without an offset rather than guess', () => {
    expect(() => formatApiTime('2026-10-24T20:30:00', 'time', 'it')).toThrow(RangeError);
  });
});

describe('apiDay', () => {
  it('is the calendar day of the theatre', () => {
    expect(apiDay('2026-10-25T00:10:00+02:00')).toBe('2026-10-25');
    expect(apiDay('2026-12-31T23:59:59.999999+01:00')).toBe('2026-12-31');
  });
});
