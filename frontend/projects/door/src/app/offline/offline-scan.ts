import { DecidedBy, DecidedOutcome, ScanAnswer } from './scan-answer';
import { ScanKind } from './attempt';

/** A scan as this phone decided it, as the batch call and the exported file write it. */
export interface OfflineScan {
  readonly scan_id: string;
  readonly kind: ScanKind;
  readonly ticket_digest?: string;
  readonly reference?: string;
  /** As many as were asked for; null for all that are left. */
  readonly seats: number | null;
  readonly outcome: DecidedOutcome;
  readonly seats_admitted: number;
  readonly reason?: string;
  readonly undoes?: string;
  readonly override?: boolean;
  readonly scanned_at: string;
  readonly clock_offset_ms: number | null;
  readonly sequence: number;
}

/** What a record changes in the counts. An undo takes away what its scan had brought. */
export interface ScanEffect {
  /** Whose count it is: another device's when its scan was undone here. */
  readonly device: number;
  /** Null when no reservation of the list is concerned. */
  readonly slot: number | null;
  readonly seats: number;
  readonly walkIns: number;
}

/** A scan of this phone: what it decided alone, and what the server answered it live. */
export interface OwnRecord {
  readonly scan: OfflineScan;
  readonly decidedBy: DecidedBy;
  readonly effect: ScanEffect | null;
  /** The server's word: at once for a live scan, after the delivery for one that was decided here. */
  readonly answer: ScanAnswer | null;
}
