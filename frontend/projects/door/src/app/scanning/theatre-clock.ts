const OFFSET = /([+-])(\d{2}):(\d{2})$/;

/**
 * A moment of this phone as the API would write it, with the offset of a time that the API wrote:
 * a phone set to another zone shows its scans on the clock of the foyer all the same.
 */
export function onTheatreClock(moment: Date, written: string): string {
  const [suffix, sign, hours, minutes] = OFFSET.exec(written) ?? ['Z', '+', '0', '0'];
  const offset = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1);
  const shifted = new Date(moment.getTime() + offset * 60_000);
  return shifted.toISOString().replace('Z', suffix);
}
