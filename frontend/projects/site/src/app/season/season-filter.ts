import { Performance } from '@azione/shared/api/generated/models/performance';
import { apiDay } from '@azione/shared/time/api-time';

/** Which evenings are wanted; empty means all. */
export interface SeasonFilter {
  /** `2026-12` */
  readonly month: string;
  /** A venue's slug. */
  readonly venue: string;
}

export interface Choice {
  readonly key: string;
  readonly name: string;
}

export function monthOf({ starts_at }: Performance): string {
  return apiDay(starts_at).slice(0, 7);
}

export function filtered(
  performances: readonly Performance[],
  { month, venue }: SeasonFilter,
): Performance[] {
  return performances.filter(
    (performance) =>
      (month === '' || monthOf(performance) === month) &&
      (venue === '' || performance.venue.slug === venue),
  );
}

/** The months in which something plays, each with a time in it to write its name from. */
export function monthsOf(performances: readonly Performance[]): { key: string; at: string }[] {
  const first = new Map<string, string>();
  for (const performance of performances) {
    const key = monthOf(performance);
    first.set(key, first.get(key) ?? performance.starts_at);
  }
  return [...first].map(([key, at]) => ({ key, at }));
}

/** What plays, by show. (One that plays tonight for the last time is no more among the shows to come.) */
export function datesByShow(
  performances: readonly Performance[],
): [Performance, ...Performance[]][] {
  const shows = new Map<string, [Performance, ...Performance[]]>();
  for (const performance of performances) {
    const dates = shows.get(performance.show.slug);
    if (dates) {
      dates.push(performance);
    } else {
      shows.set(performance.show.slug, [performance]);
    }
  }
  return [...shows.values()];
}

/** The rooms in which something plays, by name. */
export function venuesOf(performances: readonly Performance[]): Choice[] {
  const names = new Map(performances.map(({ venue }) => [venue.slug, venue.name]));
  return [...names]
    .map(([key, name]) => ({ key, name }))
    .sort((one, other) => one.name.localeCompare(other.name));
}
