import { ScanRequest } from '@azione/shared/api/generated/models/scan-request';
import { Attempt } from '../offline/attempt';
import { phoneTime } from '../offline/phone-time';

export type { Attempt, ScanKind } from '../offline/attempt';

/** What a paired phone adds: its number for this scan, and how its clock stands. */
export interface DeviceStamp {
  readonly sequence: number;
  readonly clockOffsetMs: number | null;
}

/** A phone with a token is known by it; people with a session say where they stand. */
export function scanRequest(attempt: Attempt, stamp: DeviceStamp | null = null): ScanRequest {
  const { code, seats, reason, undoes } = attempt;
  return {
    scan_id: attempt.scanId,
    kind: attempt.kind,
    ...(code?.kind === 'ticket' ? { ticket: code.ticket } : {}),
    ...(code?.kind === 'reference' ? { reference: code.reference } : {}),
    ...(seats === null ? {} : { seats }),
    ...(reason === '' ? {} : { reason }),
    ...(undoes === null ? {} : { undoes }),
    ...(stamp === null
      ? { scanned_at: attempt.scannedAt, device: attempt.device }
      : { sequence: stamp.sequence, ...phoneTime(attempt.scannedAt, stamp.clockOffsetMs) }),
  };
}
