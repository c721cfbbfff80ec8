/** The API's words for what a phone holds of a performance, under the names that the door uses. */
export type { DoorList } from '@azione/shared/api/generated/models/door-list';
export type { ListedReservation } from '@azione/shared/api/generated/models/listed-reservation';
export type { ListedScan } from '@azione/shared/api/generated/models/listed-scan';
/** Number 0 stands for people who scan with a session, and for paper. */
export type { DeviceCounts as ListedDevice } from '@azione/shared/api/generated/models/device-counts';
/** Seats, but for `conflicts`: those that wait to be settled. */
export type { DoorCounts as ListCounts } from '@azione/shared/api/generated/models/door-counts';
export type { PerformanceAtDoor as ListedPerformance } from '@azione/shared/api/generated/models/performance-at-door';
export type { StatusAtDoorEnum as ListedStatus } from '@azione/shared/api/generated/models/status-at-door-enum';

/** In milliseconds. From here on others may have let in a good part of the room. */
export const LIST_IS_OLD_AFTER = 15 * 60_000;
