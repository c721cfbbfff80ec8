import { OfflineScanOutcomeEnum } from '@azione/shared/api/generated/models/offline-scan-outcome-enum';
import { ScanAnswer } from '@azione/shared/api/generated/models/scan-answer';
import { ScanOutcomeEnum } from '@azione/shared/api/generated/models/scan-outcome-enum';

export type { ScanAnswer } from '@azione/shared/api/generated/models/scan-answer';
export type { ScanConflict as ConflictAnswer } from '@azione/shared/api/generated/models/scan-conflict';

export type ScanOutcome = ScanOutcomeEnum;
/** What can come of a scan; the others only say how it was taken. */
export type DecidedOutcome = OfflineScanOutcomeEnum;

export type DecidedBy = 'server' | 'device';

export interface GateAnswer extends ScanAnswer {
  readonly decidedBy: DecidedBy;
}
