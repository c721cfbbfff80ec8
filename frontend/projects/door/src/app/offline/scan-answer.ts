import { ScannedReservation } from '@azione/shared/api/generated/models/scanned-reservation';
import { ScanOutcomeEnum } from '@azione/shared/api/generated/models/scan-outcome-enum';
import { ScanKind } from './attempt';

export type ScanOutcome = ScanOutcomeEnum;

export interface ConflictAnswer {
  readonly seats: number;
  readonly rule: string;
  readonly other_device: string | null;
  readonly other_at: string | null;
}

/** What the API answers to a scan. */
export interface ScanAnswer {
  readonly outcome: ScanOutcome;
  readonly replayed_outcome: ScanOutcome | null;
  readonly scan_id: string;
  readonly kind: ScanKind;
  readonly seats_admitted: number;
  readonly reservation: ScannedReservation | null;
  readonly first_admitted_at: string | null;
  readonly first_device: string | null;
  readonly seats_left: number | null;
  readonly conflict: ConflictAnswer | null;
}

export type DecidedBy = 'server' | 'device';

export interface GateAnswer extends ScanAnswer {
  readonly decidedBy: DecidedBy;
}
