/** A clock that is further off than twenty years is none; the API takes no time of it. */
const FURTHEST = 20 * 365 * 86_400_000;

/** When a scan was made by this phone's clock, and how that stood; or, of a clock that is none, just when. */
export function phoneTime(
  scannedAt: string,
  offsetMs: number | null,
): { scanned_at: string; clock_offset_ms: number | null } {
  return Math.abs(offsetMs ?? 0) <= FURTHEST
    ? { scanned_at: scannedAt, clock_offset_ms: offsetMs }
    : {
        scanned_at: new Date(Date.parse(scannedAt) + (offsetMs ?? 0)).toISOString(),
        clock_offset_ms: null,
      };
}
