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
