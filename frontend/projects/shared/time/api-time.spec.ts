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
    const expected = {
      day: ['sabato 24 ottobre', 'Saturday 24 October'],
      date: ['sabato 24 ottobre 2026', 'Saturday 24 October 2026'],
      shortDay: ['sab 24 ott', 'Sat 24 Oct'],
      month: ['ottobre 2026', 'October 2026'],
      weekday: ['sab', 'Sat'],
      longWeekday: ['sabato', 'Saturday'],
      time: ['09:05', '09:05'],
      preciseTime: ['09:05:07', '09:05:07'],
      dayAndTime: ['sabato 24 ottobre alle ore 09:05', 'Saturday 24 October at 09:05'],
    } as const;
    for (const [format, [italian, english]] of Object.entries(expected)) {
      const written = (locale: string) =>
        formatApiTime('2026-10-24T09:05:07+02:00', format as keyof typeof expected, locale);
      expect([written('it'), written('it-IT')]).toEqual([italian, italian]);
      expect([written('en'), written('en-GB')]).toEqual([english, english]);
    }
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
