import { formatDate, registerLocaleData } from '@angular/common';
import italian from '@angular/common/locales/it';

/**
 * The API writes times with the theatre's offset. They are shown as written, never moved to the
 * device's zone: a guest abroad must read the hour on the clock of the foyer.
 */

const FORMATS = {
  /** sabato 24 ottobre */
  day: 'EEEE d MMMM',
  /** sabato 24 ottobre 2026 */
  date: 'EEEE d MMMM y',
  /** sab 24 ott */
  shortDay: 'EEE d MMM',
  /** ottobre 2026 */
  month: 'MMMM y',
  /** sab */
  weekday: 'EEE',
  /** sabato */
  longWeekday: 'EEEE',
  /** 20:30 */
  time: 'HH:mm',
  /** 20:30:05 */
  preciseTime: 'HH:mm:ss',
} as const;

const DAY_AND_TIME = {
  it: "EEEE d MMMM 'alle ore' HH:mm",
  en: "EEEE d MMMM 'at' HH:mm",
} as const;

export type ApiTimeFormat = keyof typeof FORMATS | 'dayAndTime';

registerLocaleData(italian);

const ISO_TIME = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(?:Z|[+-]\d{2}:\d{2})$/;

/** The wall clock of the ISO string as if it were UTC: dropping the offset is the whole trick. */
function wallClock(iso: string): Date {
  const written = ISO_TIME.exec(iso)?.[1];
  if (written === undefined) {
    throw new RangeError(`Not an ISO 8601 time with an offset: ${iso}`);
  }
  return new Date(`${written}Z`);
}

/** Angular's own names of days and months: every browser writes the same, and none loads its tables first. */
export function formatApiTime(iso: string, format: ApiTimeFormat, locale: string): string {
  const language = locale.startsWith('it') ? 'it' : 'en';
  const pattern = format === 'dayAndTime' ? DAY_AND_TIME[language] : FORMATS[format];
  return formatDate(wallClock(iso), pattern, language, 'UTC');
}

/** `2026-10-24`: the theatre's calendar day, to group performances by. */
export function apiDay(iso: string): string {
  return wallClock(iso).toISOString().slice(0, 10);
}
