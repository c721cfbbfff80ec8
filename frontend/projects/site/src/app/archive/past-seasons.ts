import { ShowSummary } from '@azione/shared/api/generated/models/show-summary';
import { apiDay } from '@azione/shared/time/api-time';

export interface PastSeason {
  /** `2025/26` */
  readonly name: string;
  readonly shows: readonly ShowSummary[];
}

/** A season begins in September. */
const FIRST_MONTH = 9;

/** Shows by the season in which they played last; the order of the API (the latest first) is kept. */
export function pastSeasons(shows: readonly ShowSummary[]): PastSeason[] {
  const seasons = new Map<string, ShowSummary[]>();
  for (const show of shows) {
    if (show.last_performance_at !== null) {
      const name = seasonOf(show.last_performance_at);
      seasons.set(name, [...(seasons.get(name) ?? []), show]);
    }
  }
  return [...seasons].map(([name, played]) => ({ name, shows: played }));
}

function seasonOf(startsAt: string): string {
  const day = apiDay(startsAt);
  const year = Number(day.slice(0, 4));
  const first = Number(day.slice(5, 7)) < FIRST_MONTH ? year - 1 : year;
  return `${String(first)}/${String(first + 1).slice(2)}`;
}
