import { DestroyRef, Injectable, computed, effect, inject, signal, untracked } from '@angular/core';
import { Api } from '@azione/shared/api/generated/api';
import { scanBatch } from '@azione/shared/api/generated/fn/door/scan-batch';
import { Problem } from '@azione/shared/api/problem';
import { withTimeout } from '@azione/shared/api/timeout';
import { toProblem } from '@azione/shared/api/to-problem';
import { DeviceSession, DeviceSessions } from '../device/device-session';
import { withLock } from '../device/locks';
import { Tabs } from '../device/tabs';
import { Vault, VaultEntry, VaultKey } from '../device/vault';
import { DoorLists } from '../door-list/door-lists';
import { Link } from './link';
import { OfflineScan, OwnRecord } from './offline-scan';
import { isAnswer, withPatience } from './patience';
import { ScanAnswer } from './scan-answer';

export const BATCH = 100;
/** The server writes each scan down by itself; a hundred of them take a moment. */
const BATCH_PATIENCE = 20_000;
const FIRST_PAUSE = 2000;
const LONGEST_PAUSE = 60_000;

type Entry = VaultEntry<OwnRecord>;

/**
 * The scans that this phone decided alone, until the server has them, and its memory of all that it
 * did this evening. A scan may be sent twice, in two tabs or after a lost answer; its scan_id makes
 * it count once.
 */
@Injectable({ providedIn: 'root' })
export class Outbox {
  private readonly api = inject(Api);
  private readonly vault = inject(Vault);
  private readonly sessions = inject(DeviceSessions);
  private readonly lists = inject(DoorLists);
  private readonly link = inject(Link);
  private readonly tabs = inject(Tabs);

  private readonly count = signal(0);
  private readonly refusal = signal<Problem | null>(null);
  private readonly contradicted = signal<readonly OwnRecord[]>([]);
  private readonly read = {
    outbox: new Map<VaultKey, OwnRecord>(),
    log: new Map<VaultKey, OwnRecord>(),
  };
  private readonly deviceId = computed(() => this.sessions.current()?.device.id ?? null);
  private restored: Promise<void> | null = null;
  private delivering: Promise<void> | null = null;
  private sequence = 0;
  private pause = 0;
  private again: ReturnType<typeof setTimeout> | undefined;

  /** How many the server has not got. */
  readonly waiting = this.count.asReadonly();
  /** Why the server will not take them; they stay, and can be exported. */
  readonly stuck = this.refusal.asReadonly();
  /** Delivered scans with the answer that the rules would have had it otherwise. */
  readonly conflicts = this.contradicted.asReadonly();

  constructor() {
    effect(() => {
      if (this.link.state() === 'online' && this.count() > 0) {
        untracked(() => void this.deliver());
      }
    });
    effect(() => {
      if (this.deviceId() !== null) {
        untracked(() => void this.look()); // paired again, it has to tell the server everything anew
      }
    });
    this.tabs.on('outbox', () => void this.look());
    inject(DestroyRef).onDestroy(() => {
      clearTimeout(this.again);
    });
  }

  restore(): Promise<void> {
    this.restored ??= this.sessions.restore().then(() => this.look());
    return this.restored;
  }

  /** For the next scan of this device. A number that no scan comes to use leaves a harmless gap. */
  async nextSequence(): Promise<number> {
    return this.vault.isAvailable() ? this.vault.nextNumber() : ++this.sequence;
  }

  /** When this resolves, the scan outlives whatever happens to the page and the phone. */
  async add(record: OwnRecord): Promise<void> {
    await this.vault.put('outbox', record.scan.sequence, record);
    await this.look();
    this.tabs.tell('outbox');
  }

  /** What the server answered at once; it counts from memory until a list has it, too. */
  async remember(record: OwnRecord): Promise<void> {
    if (this.vault.isAvailable()) {
      await this.vault.put('log', record.scan.sequence, record);
    }
  }

  /** Everything that this phone did this evening, delivered or not, in its order. */
  async records(): Promise<OwnRecord[]> {
    // In this order: what is delivered between the two looks is seen twice, and never missed.
    const waiting = await this.all('outbox');
    const delivered = await this.all('log');
    const unique = new Map([...waiting, ...delivered].map(({ key, value }) => [key, value]));
    return [...unique.values()].sort((one, other) => one.scan.sequence - other.scan.sequence);
  }

  /** What the server has not got, as the exported file wants it. */
  async undelivered(): Promise<OfflineScan[]> {
    return (await this.all('outbox')).map(({ value }) => value.scan);
  }

  async isEmpty(): Promise<boolean> {
    return !this.vault.isAvailable() || (await this.vault.count('outbox')) === 0;
  }

  /** Never rejects. What could not be delivered stays, and is tried again by itself. */
  deliver(): Promise<void> {
    this.delivering ??= withLock('deliver', () => this.send())
      .catch(() => undefined)
      .finally(() => {
        this.delivering = null;
      });
    return this.delivering;
  }

  /** After they were exported, when nothing is to be delivered from here any more. */
  async discard(): Promise<void> {
    if (this.vault.isAvailable()) {
      await this.vault.clear('outbox');
      await this.look();
      this.tabs.tell('outbox');
      await this.sessions.forgetIfDelivered();
    }
  }

  private async send(): Promise<void> {
    const session = this.sessions.current();
    if (session === null || !this.vault.isAvailable()) {
      return;
    }
    clearTimeout(this.again);
    let entries = await this.all('outbox');
    if (entries.length === 0) {
      return;
    }
    while (entries.length > 0) {
      if (!(await this.sendBatch(session, entries.slice(0, BATCH)))) {
        return;
      }
      entries = await this.all('outbox');
    }
    this.lists.refreshSoon();
    await this.sessions.forgetIfDelivered();
  }

  private async sendBatch(session: DeviceSession, batch: readonly Entry[]): Promise<boolean> {
    try {
      const params = {
        performance_id: session.performance.id,
        body: { scans: batch.map(({ value }) => value.scan) },
      };
      const context = withTimeout(BATCH_PATIENCE);
      const asked = this.api.invoke(scanBatch, params, context);
      const { answers } = await withPatience(asked, BATCH_PATIENCE);
      await this.settle(batch, answers);
      return true;
    } catch (error) {
      this.stop(toProblem(error));
      return false;
    }
  }

  /** Found by their scan_id: an answer that is missing leaves its scan where it is. */
  private async settle(batch: readonly Entry[], answers: readonly ScanAnswer[]): Promise<void> {
    const byScan = new Map(answers.map((answer) => [answer.scan_id, answer]));
    const settled = batch.flatMap(({ key, value }) => {
      const answer = byScan.get(value.scan.scan_id);
      return answer === undefined ? [] : [{ key, value: { ...value, answer } }];
    });
    if (settled.length === 0) {
      throw new Problem({ code: 'internal_error', status: 500 });
    }
    await this.vault.move('outbox', 'log', settled);
    this.link.heard();
    this.refusal.set(null);
    this.pause = 0;
    await this.look();
    this.tabs.tell('outbox');
  }

  private stop(problem: Problem): void {
    if (problem.code === 'network') {
      this.link.lost(); // its next sign of life delivers
      return;
    }
    this.refusal.set(isAnswer(problem) && problem.status !== 429 ? problem : null);
    this.pause = Math.min(LONGEST_PAUSE, Math.max(FIRST_PAUSE, 2 * this.pause));
    const wait = Math.max(this.pause, 1000 * (problem.retryAfter ?? 0));
    this.again = setTimeout(() => void this.deliver(), wait);
  }

  private async look(): Promise<void> {
    if (this.vault.isAvailable()) {
      this.count.set(await this.vault.count('outbox'));
      const log = await this.all('log');
      const contradicted = log.filter(({ value }) => (value.answer?.conflict ?? null) !== null);
      this.contradicted.set(contradicted.map(({ value }) => value));
    }
  }

  /** What is stored is the truth, since other tabs write there, too; what was read once is not read again. */
  private async all(store: 'outbox' | 'log'): Promise<Entry[]> {
    if (!this.vault.isAvailable()) {
      return [];
    }
    const read = this.read[store];
    const keys = new Set(await this.vault.keys(store));
    [...read.keys()].filter((key) => !keys.has(key)).forEach((key) => read.delete(key));
    for (const { key, value } of await this.vault.all<OwnRecord>(store, new Set(read.keys()))) {
      read.set(key, value);
    }
    return [...read].map(([key, value]) => ({ key, value })).sort(bySequence);
  }
}

function bySequence(one: Entry, other: Entry): number {
  return one.value.scan.sequence - other.value.scan.sequence;
}
