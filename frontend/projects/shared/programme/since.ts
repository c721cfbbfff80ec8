const HOUR = 60 * 60 * 1000;

/**
 * From when performances are listed: those that began in the last two hours are still on, and whoever
 * is late looks for the address. Whole hours, so that answers can be cached.
 */
export function stillOnSince(now: Date): string {
  const hour = Math.floor(now.getTime() / HOUR) * HOUR;
  return new Date(hour - 2 * HOUR).toISOString();
}
