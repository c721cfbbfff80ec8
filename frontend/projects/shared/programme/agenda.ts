import { Performance } from '../api/generated/models/performance';
import { apiDay } from '../time/api-time';

export interface AgendaMonth {
  /** `2026-10` */
  readonly key: string;
  /** Any time in it, to write its name from. */
  readonly at: string;
  readonly days: readonly AgendaDay[];
}

export interface AgendaDay {
  /** `2026-10-24`, on the theatre's calendar. */
  readonly key: string;
  readonly at: string;
  /** How many performances come before it. */
  readonly before: number;
  readonly performances: readonly Performance[];
}

/** What plays, by month and day. The API's order (by time) is kept. */
export function agendaOf(performances: readonly Performance[]): AgendaMonth[] {
  let before = 0;
  const days = grouped(performances, ({ starts_at }) => apiDay(starts_at)).map(([key, evening]) => {
    const day = { key, at: evening[0].starts_at, before, performances: evening };
    before += evening.length;
    return day;
  });
  return grouped(days, (day) => day.key.slice(0, 7)).map(([key, month]) => ({
    key,
    at: month[0].at,
    days: month,
  }));
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): [string, [T, ...T[]]][] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) {
      group.push(item);
    } else {
      groups.set(keyOf(item), [item]);
    }
  }
  return [...groups];
}

/** What the programme opens with: the first evening that one can still go to. */
export function nextOnStage(performances: readonly Performance[], now: Date): Performance | null {
  const possible = performances.find(({ booking }) => booking.state === 'open');
  const announced = performances.find(
    ({ booking, starts_at }) => booking.state !== 'cancelled' && Date.parse(starts_at) > +now,
  );
  return possible ?? announced ?? null;
}
