import { Injectable, computed, effect, inject, signal, untracked } from '@angular/core';
import { DeviceSessions } from '../device/device-session';
import { DoorCode } from '../door-list/door-code';
import { ListedReservation } from '../door-list/door-list';
import { DoorLists } from '../door-list/door-lists';
import { admittedOf, countsOf, ownWalkIns } from '../offline/knowledge';
import { LearnedSections } from '../offline/learned';
import { Link, PATIENCE } from '../offline/link';
import { OwnRecord } from '../offline/offline-scan';
import { Outbox } from '../offline/outbox';
import { withPatience } from '../offline/patience';
import { NameResult } from './name-results';
import { Party } from './party';

/**
 * A reservation made this very minute is worth a moment's wait. It comes out of the patience with the
 * server, which gets the other half for the scan itself: a list takes longer than an answer.
 */
export const FRESH_LIST_PATIENCE = PATIENCE / 2;
const RESULTS = 8;

export interface DeviceCount {
  readonly number: number;
  readonly name: string;
  readonly admitted: number;
  readonly walkIns: number;
}

/**
 * The door as this phone sees it now: the list, what it did itself since, and what other phones told
 * it. The page provides one.
 */
@Injectable()
export class DoorState {
  private readonly sessions = inject(DeviceSessions);
  private readonly lists = inject(DoorLists);
  private readonly learned = inject(LearnedSections);
  private readonly outbox = inject(Outbox);
  private readonly link = inject(Link);

  private readonly records = signal<readonly OwnRecord[]>([]);
  private readonly own = computed(() => ({
    device: this.sessions.current()?.device.number ?? 0,
    records: this.records(),
  }));

  readonly list = this.lists.list;
  /** What this phone did this evening, newest last. */
  readonly done = this.records.asReadonly();

  readonly counts = computed(() => {
    const list = this.list();
    if (list === null) {
      return null;
    }
    return countsOf(list, this.own(), this.learned.sections());
  });

  readonly devices = computed<readonly DeviceCount[]>(() => {
    const list = this.list();
    if (list === null) {
      return [];
    }
    const admitted = new Map<number, number>();
    for (const row of list.reservations) {
      const { byDevice } = admittedOf(row, list, this.own(), this.learned.sections());
      for (const [device, seats] of byDevice) {
        admitted.set(device, (admitted.get(device) ?? 0) + Math.max(0, seats));
      }
    }
    const mine = ownWalkIns(list, this.own());
    return list.devices
      .map(({ number, name, walk_ins }) => ({
        number,
        name,
        admitted: admitted.get(number) ?? 0,
        walkIns: number === this.own().device ? mine : walk_ins,
      }))
      .filter(({ number, admitted: seats, walkIns }) => number > 0 || seats + walkIns > 0);
  });

  /** What this phone may still give to people without a reservation. */
  readonly allowanceLeft = computed(() => {
    const list = this.list();
    const allowance = this.sessions.current()?.walkInAllowance ?? 0;
    return Math.max(0, allowance - (list === null ? 0 : ownWalkIns(list, this.own())));
  });

  constructor() {
    effect(() => {
      this.list();
      this.outbox.waiting();
      untracked(() => {
        this.look();
      });
    });
  }

  /** This phone has just done something. */
  look(): void {
    void this.outbox.records().then((records) => {
      this.records.set(records);
    });
  }

  /** Null for whom the list does not know, and for whom there is nothing to choose. */
  async party(code: DoorCode): Promise<Party | null> {
    const row = (await this.lists.find(code)) ?? (await this.findInFreshList(code));
    return row?.status === 'confirmed' ? this.partyOf(row) : null;
  }

  search(text: string): NameResult[] {
    return this.lists
      .search(text)
      .slice(0, RESULTS)
      .map((row) => ({ ...this.partyOf(row), status: row.status }));
  }

  private async findInFreshList(code: DoorCode): Promise<ListedReservation | null> {
    if (this.list() === null || this.link.state() === 'offline') {
      return null;
    }
    await withPatience(this.lists.refresh(), FRESH_LIST_PATIENCE).catch(() => {
      this.link.waited(FRESH_LIST_PATIENCE);
    });
    return this.lists.find(code);
  }

  private partyOf(row: ListedReservation): Party {
    const list = this.list();
    const { name, reference, seats } = row;
    const admitted =
      list === null
        ? row.admitted
        : admittedOf(row, list, this.own(), this.learned.sections()).admitted;
    return { name, reference, seats, admitted };
  }
}
