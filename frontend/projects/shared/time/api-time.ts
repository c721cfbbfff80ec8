/**
 * The API writes times with the theatre's offset. They are shown as written, never moved to the
 * device's zone: a guest abroad must read the hour on the clock of the foyer.
 */

const FORMATS = {
  /** sabato 24 ottobre */
  day: { weekday: 'long', day: 'numeric', month: 'long' },
  /** sabato 24 ottobre 2026 */
  date: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
  /** sab 24 ott */
  shortDay: { weekday: 'short', day: 'numeric', month: 'short' },
  /** ottobre 2026 */
  month: { month: 'long', year: 'numeric' },
  /** sab */
  weekday: { weekday: 'short' },
  /** sabato */
  longWeekday: { weekday: 'long' },
  /** 20:30 */
  time: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  /** 20:30:05 */
  preciseTime: { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
  /** sabato 24 ottobre alle ore 20:30 */
  dayAndTime: {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

export type ApiTimeFormat = keyof typeof FORMATS;

const ISO_TIME = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(?:Z|[+-]\d{2}:\d{2})$/;

/** English is written the British way: 24 October, 20:30. */
function intlLocale(locale: string): string {
  return locale.startsWith('it') ? 'it-IT' : 'en-GB';
}

/** The wall clock of the ISO string as if it were UTC: dropping the offset is the whole trick. */
function wallClock(iso: string): Date {
  const written = ISO_TIME.exec(iso)?.[1];
  if (written === undefined) {
    throw new RangeError(`Not an ISO 8601 time with an offset: ${iso}`);
  }
  return new Date(`${written}Z`);
}

export function formatApiTime(iso: string, format: ApiTimeFormat, locale: string): string {
  const options = { ...FORMATS[format], timeZone: 'UTC' };
  return new Intl.DateTimeFormat(intlLocale(locale), options).format(wallClock(iso));
}

/** `2026-10-24`: the theatre's calendar day, to group performances by. */
export function apiDay(iso: string): string {
  return wallClock(iso).toISOString().slice(0, 10);
}
