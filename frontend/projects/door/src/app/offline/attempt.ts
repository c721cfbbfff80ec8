import { ScanKindEnum } from '@azione/shared/api/generated/models/scan-kind-enum';
import { DoorCode } from '../door-list/door-code';

export type ScanKind = ScanKindEnum;

/**
 * One try at letting somebody in, or at taking that back. It keeps its scan_id for as long as nobody
 * knows whether it was recorded: asking again with the same one can never count twice.
 */
export interface Attempt {
  readonly scanId: string;
  readonly kind: ScanKind;
  /** Null unless a ticket is asked about. */
  readonly code: DoorCode | null;
  /** Null: all that are left of the party. A walk-in says how many. */
  readonly seats: number | null;
  /** Why, for what needs a reason; empty for what needs none. */
  readonly reason: string;
  /** The scan_id that an undo takes back. */
  readonly undoes: string | null;
  /** By this phone's clock. */
  readonly scannedAt: string;
  readonly device: string;
}
