import { ScanRequest } from '@azione/shared/api/generated/models/scan-request';
import { DoorCode } from './scanned-code';

/**
 * One try at letting somebody in. It keeps its scan_id for as long as nobody knows whether it was
 * recorded: asking again with the same one can never admit twice.
 */
export interface Attempt {
  readonly scanId: string;
  readonly code: DoorCode;
  /** Null: all that are left of the party. */
  readonly seats: number | null;
  readonly scannedAt: string;
  readonly device: string;
}

export function scanRequest(attempt: Attempt): ScanRequest {
  const { code, seats } = attempt;
  return {
    scan_id: attempt.scanId,
    ...(code.kind === 'ticket' ? { ticket: code.ticket } : { reference: code.reference }),
    ...(seats === null ? {} : { seats }),
    scanned_at: attempt.scannedAt,
    device: attempt.device,
  };
}

/** A version 4 UUID. `crypto.randomUUID` is missing where the page did not come over HTTPS. */
export function newScanId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = [...bytes].map((byte, index) => {
    const value = index === 6 ? (byte & 0x0f) | 0x40 : index === 8 ? (byte & 0x3f) | 0x80 : byte;
    return value.toString(16).padStart(2, '0');
  });
  return hex.join('').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
