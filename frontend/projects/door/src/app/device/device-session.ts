import { DestroyRef, Injectable, inject, signal } from '@angular/core';
import { DoorLine, RoundTrip } from '@azione/shared/api/door-interceptor';
import { Api } from '@azione/shared/api/generated/api';
import { getDevice } from '@azione/shared/api/generated/fn/door/get-device';
import { giveUpDevice } from '@azione/shared/api/generated/fn/door/give-up-device';
import { pairDevice } from '@azione/shared/api/generated/fn/door/pair-device';
import { registerDevice } from '@azione/shared/api/generated/fn/door/register-device';
import { renameDevice } from '@azione/shared/api/generated/fn/door/rename-device';
import { DeviceSession as ApiDeviceSession } from '@azione/shared/api/generated/models/device-session';
import { PerformanceAtDoor } from '@azione/shared/api/generated/models/performance-at-door';
import { injectLanguage } from '@azione/shared/api/language';
import { newUuid } from '@azione/shared/api/new-uuid';
import { Problem } from '@azione/shared/api/problem';
import { withTimeout } from '@azione/shared/api/timeout';
import { toProblem } from '@azione/shared/api/to-problem';
import { withLock } from './locks';
import { ServerClock } from './server-clock';
import { Tabs } from './tabs';
import { Vault } from './vault';

const CHECK_EVERY = 15_000;
/** Milliseconds by which the phone's clock may run away before that is written down again. */
const OFFSET_TOLERANCE = 1000;
/** By so much a clock may be wrong. On a phone that hears nobody the list outlasts the evening by no more. */
const DOUBT = 12 * 60 * 60_000;
const PATIENCE_IN_DOUBT = 2000;
const CURRENT = 'current';
const CLAIM = 'claim';

export interface DeviceSession {
  readonly token: string;
  readonly device: { readonly id: string; readonly number: number; readonly name: string };
  readonly performance: PerformanceAtDoor;
  readonly validUntil: string;
  readonly walkInAllowance: number;
  readonly canManage: boolean;
  readonly deviceKey: string;
  readonly performanceKey: string;
}

export type DeviceEnd = 'revoked' | 'expired';

/** This phone still has scans of another door, which a new pairing would bury. */
export class UndeliveredScans extends Error {}

interface Kept {
  readonly session: DeviceSession;
  readonly ended: DeviceEnd | null;
  readonly offsetMs: number | null;
}

interface Claim {
  readonly claim: string;
  /** What was asked for with it. */
  readonly target: string;
}

/**
 * The phone as a device of one performance's door. Once it is sent away, or the night is over, only
 * the scans that it has not delivered outlast the list; when they are gone, the token goes as well.
 */
@Injectable({ providedIn: 'root' })
export class DeviceSessions implements DoorLine {
  private readonly api = inject(Api);
  private readonly vault = inject(Vault);
  private readonly clock = inject(ServerClock);
  private readonly tabs = inject(Tabs);
  private readonly language = injectLanguage();

  private readonly held = signal<DeviceSession | null>(null);
  private readonly end = signal<DeviceEnd | null>(null);
  private readonly unknown = signal(false);
  private readonly inDoubt = signal(false);
  private saving: Promise<void> = Promise.resolve();
  private claimed: Claim | null = null;
  private restored: Promise<void> | null = null;
  private keptOffset: number | null = null;

  /** There as long as the phone has something to say to the server, be it the last scans. */
  readonly current = this.held.asReadonly();
  readonly ended = this.end.asReadonly();
  /**
   * The server knows nobody with this token: it was restored from a backup older than the pairing. The
   * phone was not sent away, so it keeps all it has and goes on alone until it is paired again.
   */
  readonly isUnknown = this.unknown.asReadonly();
  /** The evening is over by a clock that may be wrong, and the server cannot be asked. */
  readonly seemsOver = this.inDoubt.asReadonly();

  constructor() {
    const timer = setInterval(() => {
      this.keepOffset();
      this.checkValidity();
      if (this.inDoubt()) {
        void this.refresh(PATIENCE_IN_DOUBT).catch(() => undefined);
      }
    }, CHECK_EVERY);
    inject(DestroyRef).onDestroy(() => {
      clearInterval(timer);
    });
    this.tabs.on('session', () => void this.read());
  }

  /** Before anything else: what the page knew when it was closed. */
  restore(): Promise<void> {
    this.restored ??= this.vault.open().then(() => this.read());
    return this.restored;
  }

  /** Raises `UndeliveredScans` while this phone has scans of another door to deliver or export. */
  async pairWithCode(code: string, name: string): Promise<DeviceSession> {
    const claim = await this.claimFor(`code ${code}`);
    const isAgain = this.unknown();
    const body = { code, name, claim, language: this.language };
    return this.begin(await this.api.invoke(pairDevice, { body }), isAgain);
  }

  /** For those who have signed in; raises `UndeliveredScans` likewise. */
  async pairAsStaff(performanceId: number, name: string): Promise<DeviceSession> {
    const claim = await this.claimFor(`performance ${performanceId}`);
    const isAgain = this.unknown();
    const body = { name, claim, language: this.language };
    const params = { performance_id: performanceId, body };
    return this.begin(await this.api.invoke(registerDevice, params), isAgain);
  }

  async rename(name: string): Promise<void> {
    await this.take(
      await this.api.invoke(renameDevice, { language: this.language, body: { name } }),
    );
  }

  /** Asks the server how this device stands; also a light way to find out whether it is there. */
  async refresh(patience = 30_000): Promise<void> {
    await this.take(
      await this.api.invoke(getDevice, { language: this.language }, withTimeout(patience)),
    );
  }

  /** The phone gives itself up. Scans that it still has can be delivered afterwards all the same. */
  async leave(): Promise<void> {
    await this.api.invoke(giveUpDevice, {}).catch((error: unknown) => {
      if (toProblem(error).code !== 'not_authenticated') {
        throw error; // who does not know this phone has nothing to take back from it
      }
    });
    await this.finish('revoked');
    if (this.held() === null) {
      this.end.set(null);
    }
  }

  /** Somebody at the door says that the evening is over, where only the clock did. */
  async closeDoor(): Promise<void> {
    await this.finish('expired');
  }

  /** The performance was moved, and the device's time with it. */
  async moveEnd(validUntil: string): Promise<void> {
    const session = this.held();
    if (session !== null && session.validUntil !== validUntil) {
      this.held.set({ ...session, validUntil });
      await this.save();
    }
  }

  /** After the last delivery: nothing is left for an ended session to do. */
  async forgetIfDelivered(): Promise<void> {
    if (this.end() === null) {
      return;
    }
    // Not between a scan's decision and its record.
    await withLock('scans', async () => {
      if (this.end() !== null && (await this.undelivered()) === 0) {
        await this.forget();
      }
    });
  }

  authorization(): string | null {
    const session = this.held();
    return session === null ? null : `Door ${session.token}`;
  }

  heardTime(serverTime: number, trip: RoundTrip, authorization: string | null): void {
    // Only an answer to this phone's own token says that it is known: pairing, say, needs none.
    if (authorization !== null && authorization === this.authorization()) {
      this.unknown.set(false);
    }
    this.inDoubt.set(false);
    this.clock.heard(serverTime, trip);
    this.keepOffset();
  }

  refused(problem: Problem, authorization: string): void {
    if (authorization !== this.authorization()) {
      return; // about a session that this phone no longer has
    }
    if (problem.code === 'device_revoked') {
      void this.finish('revoked');
    } else if (problem.code === 'device_expired') {
      void this.finish('expired');
    } else if (problem.code === 'not_authenticated') {
      this.unknown.set(true);
    }
  }

  /** The same claim for the same wish: when the answer to a pairing was lost, it is given again. */
  private async claimFor(target: string): Promise<string> {
    if (!this.unknown() && (await this.undelivered()) > 0) {
      throw new UndeliveredScans();
    }
    if (this.claimed?.target !== target) {
      this.claimed = { claim: newUuid(), target };
      if (this.vault.isAvailable()) {
        await this.vault.put('session', CLAIM, this.claimed);
      }
    }
    return this.claimed.claim;
  }

  /** `isAgain`: at the door where the server has lost sight of this phone, and of all its scans. */
  private async begin(answer: ApiDeviceSession, isAgain: boolean): Promise<DeviceSession> {
    const session = sessionFrom(answer, answer.token ?? '');
    const isSameDoor = isAgain && this.held()?.performance.id === session.performance.id;
    if (!isSameDoor && (await this.undelivered()) > 0) {
      throw new UndeliveredScans();
    }
    if (this.vault.isAvailable()) {
      if (isSameDoor) {
        await this.vault.move('log', 'outbox', await this.vault.all('log'));
      }
      // What another device knew is of no use to this one.
      await this.vault.clear('list', 'learned', 'log');
      await this.vault.delete('session', CLAIM);
      askToStay();
    }
    this.claimed = null;
    this.unknown.set(false);
    this.inDoubt.set(false);
    this.end.set(null);
    this.held.set(session);
    await this.save();
    return session;
  }

  private async take(answer: ApiDeviceSession): Promise<void> {
    const session = this.held();
    if (session?.device.id === answer.device.id) {
      this.held.set(sessionFrom(answer, session.token));
      await this.save();
    }
  }

  /**
   * Past its time for certain, by what the server said and what has ticked by since, the phone is done,
   * with or without a network. Where only the wall clock says so, after a sleep or a reload, it may as
   * well have been set ahead in the middle of the evening, and a list that is wiped without a network
   * does not come back: then the server is asked, or a person, and the door stays open meanwhile. Half a
   * day past the end no clock is that wrong.
   */
  private checkValidity(): void {
    const session = this.held();
    if (session === null || this.end() !== null) {
      return;
    }
    const end = Date.parse(session.validUntil);
    const late = this.clock.now().getTime() - end;
    const isCertain = (this.clock.atLeast()?.getTime() ?? -Infinity) >= end;
    if (isCertain || late >= DOUBT) {
      void this.finish('expired');
    } else {
      this.inDoubt.set(late >= 0);
    }
  }

  private keepOffset(): void {
    const offset = this.clock.offsetMs();
    if (offset !== null && Math.abs(offset - (this.keptOffset ?? Infinity)) > OFFSET_TOLERANCE) {
      this.keptOffset = offset;
      void this.save();
    }
  }

  /** The list is out of sight at once, and off the disk as soon as the disk has heard. */
  private async finish(why: DeviceEnd): Promise<void> {
    if (this.held() === null || this.end() !== null) {
      return;
    }
    this.end.set(why);
    this.inDoubt.set(false);
    await this.save();
    await this.wipe();
  }

  private async wipe(): Promise<void> {
    if (this.vault.isAvailable()) {
      await this.vault.clear('list', 'learned', 'log');
    }
    await this.forgetIfDelivered();
  }

  private async forget(): Promise<void> {
    this.held.set(null);
    if (this.vault.isAvailable()) {
      await this.saving;
      await this.vault.forget();
      this.tabs.tell('session');
    }
  }

  private async undelivered(): Promise<number> {
    return this.vault.isAvailable() ? this.vault.count('outbox') : 0;
  }

  private async read(): Promise<void> {
    if (!this.vault.isAvailable()) {
      return;
    }
    const kept = await this.vault.get<Kept>('session', CURRENT);
    this.claimed = await this.vault.get<Claim>('session', CLAIM);
    this.held.set(kept?.session ?? null);
    if (kept === null) {
      return;
    }
    this.end.set(kept.ended);
    if (kept.offsetMs !== null) {
      this.keptOffset = kept.offsetMs;
      this.clock.restore(kept.offsetMs);
    }
    if (kept.ended === null) {
      this.checkValidity();
    } else {
      await this.wipe(); // the page may have been closed over it
    }
  }

  /**
   * One after the other, and each the state of its moment: the last one written is the latest. Where
   * the disk is full the phone goes on with what it holds, for as long as the page is open.
   */
  private save(): Promise<void> {
    this.saving = this.saving.then(() => this.write()).catch(() => undefined);
    return this.saving;
  }

  private async write(): Promise<void> {
    const session = this.held();
    if (session !== null && this.vault.isAvailable()) {
      const kept: Kept = { session, ended: this.end(), offsetMs: this.keptOffset };
      await this.vault.put('session', CURRENT, kept);
      this.tabs.tell('session');
    }
  }
}

function sessionFrom(answer: ApiDeviceSession, token: string): DeviceSession {
  return {
    token,
    device: answer.device,
    performance: answer.performance,
    validUntil: answer.valid_until,
    walkInAllowance: answer.walk_in_allowance,
    canManage: answer.can_manage,
    deviceKey: answer.device_key,
    performanceKey: answer.performance_key,
  };
}

/** Some browsers clear away what is kept when space runs low, unless they promised not to. */
function askToStay(): void {
  const { storage } = navigator as { storage?: StorageManager };
  void storage?.persist().catch(() => false);
}
