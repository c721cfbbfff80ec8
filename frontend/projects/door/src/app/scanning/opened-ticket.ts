import { newUuid } from '@azione/shared/api/new-uuid';

const SCAN = 'azione.door.opened';
const PERFORMANCE = 'azione.door.performance';

/**
 * The scan_id of a ticket opened by its link (`#TICKET`). It is kept for as long as the fragment
 * stays in the address, so that a reload asks the same thing again instead of a second time.
 */
export function scanIdOfOpened(ticket: string): string {
  const [kept, scanId] = (readItem(sessionStorage, SCAN) ?? '').split(' ');
  if (kept === ticket && scanId) {
    return scanId;
  }
  const fresh = newUuid();
  writeItem(sessionStorage, SCAN, `${ticket} ${fresh}`);
  return fresh;
}

/** The answer was seen: opening the same link again is another scan. */
export function forgetOpened(): void {
  sessionStorage.removeItem(SCAN);
}

/**
 * Where this phone is tonight. A QR link opens in a new tab, so the tab's own storage would not do;
 * a number of another night is in no list of tonight's.
 */
export function chosenPerformance(): number | null {
  const id = Number(readItem(localStorage, PERFORMANCE));
  return Number.isInteger(id) && id > 0 ? id : null;
}

export function choosePerformance(id: number): void {
  writeItem(localStorage, PERFORMANCE, String(id));
}

function readItem(storage: Storage, key: string): string | null {
  try {
    return storage.getItem(key);
  } catch {
    return null;
  }
}

function writeItem(storage: Storage, key: string, value: string): void {
  try {
    storage.setItem(key, value);
  } catch {
    // A full or closed storage costs the memory, not the scan.
  }
}
