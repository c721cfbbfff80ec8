import { Performance } from '@azione/shared/api/generated/models/performance';
import { apiDay } from '@azione/shared/time/api-time';

export interface CalendarDay {
  /** `2026-12-05` */
  readonly key: string;
  readonly number: number;
  readonly performances: readonly Performance[];
}

const DAYS_A_WEEK = 7;
const ONE_DAY = 24 * 60 * 60 * 1000;

/**
 * The weeks of a month (`2026-12`), from Monday; null where a day is another month's. Of those at
 * its ends in which nothing plays, none.
 */
export function weeksOf(
  month: string,
  performances: readonly Performance[],
): (CalendarDay | null)[][] {
  const first = new Date(`${month}-01T00:00Z`);
  const before = (first.getUTCDay() + DAYS_A_WEEK - 1) % DAYS_A_WEEK;
  const days: (CalendarDay | null)[] = Array.from({ length: before }, () => null);
  for (let day = first; day.getUTCMonth() === first.getUTCMonth(); day = next(day)) {
    const key = day.toISOString().slice(0, 10);
    const playing = performances.filter(({ starts_at }) => apiDay(starts_at) === key);
    days.push({ key, number: day.getUTCDate(), performances: playing });
  }
  while (days.length % DAYS_A_WEEK) {
    days.push(null);
  }
  const weeks = Array.from({ length: days.length / DAYS_A_WEEK }, (_, week) =>
    days.slice(week * DAYS_A_WEEK, (week + 1) * DAYS_A_WEEK),
  );
  const playing = weeks.flatMap((days, week) => (plays(days) ? [week] : []));
  return weeks.slice(playing.at(0), (playing.at(-1) ?? -1) + 1);
}

function plays(week: (CalendarDay | null)[]): boolean {
  return week.some((day) => day !== null && day.performances.length > 0);
}

function next(day: Date): Date {
  return new Date(day.getTime() + ONE_DAY);
}

/** Times of a week from Monday on, to write the names of its days from. */
export const A_WEEK = Array.from(
  { length: DAYS_A_WEEK },
  (_, day) => `2024-01-0${String(day + 1)}T12:00:00+00:00`,
);
