import { DestroyRef, Injectable, computed, effect, inject, signal, untracked } from '@angular/core';
import { Api } from '@azione/shared/api/generated/api';
import { getDoorList } from '@azione/shared/api/generated/fn/door/get-door-list';
import { injectLanguage } from '@azione/shared/api/language';
import { Problem } from '@azione/shared/api/problem';
import { withTimeout } from '@azione/shared/api/timeout';
import { toProblem } from '@azione/shared/api/to-problem';
import { refreshWhileVisible } from '@azione/shared/ui/refresh';
import { DeviceSessions } from '../device/device-session';
import { withLock } from '../device/locks';
import { ServerClock } from '../device/server-clock';
import { Tabs } from '../device/tabs';
import { Vault } from '../device/vault';
import { Link } from '../offline/link';
import { withPatience } from '../offline/patience';
import { DoorCode, ticketDigest } from './door-code';
import { DoorList, ListedReservation } from './door-list';
import { ListIndex } from './list-index';

export const REFRESH_EVERY = 10_000;
/** After a scan of this phone; a few in a row ask once. */
export const REFRESH_SOON = 1000;
/** A list is larger than an answer, and nobody stands waiting for it. */
const LIST_PATIENCE = 10_000;
const CURRENT = 'current';
const CHECKED = 'checked';

interface KeptList {
  readonly list: DoorList;
  readonly etag: string | null;
}

/** The door list of this phone's performance: what it decides from when it has to decide alone. */
@Injectable({ providedIn: 'root' })
export class DoorLists {
  private readonly api = inject(Api);
  private readonly vault = inject(Vault);
  private readonly sessions = inject(DeviceSessions);
  private readonly link = inject(Link);
  private readonly clock = inject(ServerClock);
  private readonly tabs = inject(Tabs);
  private readonly language = injectLanguage();

  private readonly held = signal<KeptList | null>(null);
  private readonly checkedAt = signal<string | null>(null);
  private readonly failed = signal<Problem | null>(null);
  private restored: Promise<void> | null = null;
  private refreshing: Promise<void> | null = null;
  private soon: ReturnType<typeof setTimeout> | undefined;

  /** Null as soon as the session is over, whatever else still lies in the memory. */
  readonly list = computed(() => {
    const session = this.sessions.current();
    const list = this.held()?.list ?? null;
    const isOurs = session !== null && session.performance.id === list?.performance.id;
    return isOurs && this.sessions.ended() === null ? list : null;
  });
  /** When the list was last known to be true: made then, or found unchanged. */
  readonly madeAt = computed(() => {
    const list = this.list();
    return list === null ? null : later(list.made_at, this.checkedAt());
  });
  /** Why the last refresh brought nothing; null when it did. */
  readonly problem = this.failed.asReadonly();

  private readonly index = computed(() => {
    const list = this.list();
    return list === null ? null : new ListIndex(list);
  });

  private readonly deviceId = computed(() => this.sessions.current()?.device.id ?? null);

  constructor() {
    refreshWhileVisible(() => {
      if (this.link.state() === 'online') {
        void this.refresh();
      }
    }, REFRESH_EVERY);
    effect(() => {
      if (this.deviceId() !== null) {
        untracked(() => void this.refresh());
      }
    });
    this.tabs.on('list', () => void this.read());
    inject(DestroyRef).onDestroy(() => {
      clearTimeout(this.soon);
    });
  }

  /** The list as the page left it; after the session is restored. */
  restore(): Promise<void> {
    this.restored ??= this.sessions.restore().then(() => this.read());
    return this.restored;
  }

  /** Never rejects: what went wrong stands in `problem`, and the old list stays. */
  refresh(): Promise<void> {
    this.refreshing ??= withLock('list', () => this.load())
      .catch((error: unknown) => {
        this.failed.set(toProblem(error)); // the disk is full, or gone
      })
      .finally(() => {
        this.refreshing = null;
      });
    return this.refreshing;
  }

  refreshSoon(): void {
    clearTimeout(this.soon);
    this.soon = setTimeout(() => void this.refresh(), REFRESH_SOON);
  }

  async find(code: DoorCode): Promise<ListedReservation | null> {
    const index = this.index();
    if (index === null) {
      return null;
    }
    return code.kind === 'reference'
      ? index.withReference(code.reference)
      : index.withDigest(await ticketDigest(code.ticket));
  }

  /** By a few letters of a name, or of the reference; accents and capitals do not count. */
  search(text: string): ListedReservation[] {
    return this.index()?.search(text) ?? [];
  }

  private async load(): Promise<void> {
    const session = this.sessions.current();
    if (session === null || this.sessions.ended() !== null) {
      return;
    }
    const etag = this.list() === null ? null : this.held()?.etag;
    const params = {
      performance_id: session.performance.id,
      language: this.language,
      ...(etag ? { 'If-None-Match': etag } : {}),
    };
    const askedAt = this.clock.now();
    try {
      const asked = this.api.invoke$Response(getDoorList, params, withTimeout(LIST_PATIENCE));
      const answer = await withPatience(asked, LIST_PATIENCE);
      if (!isDoorList(answer.body)) {
        throw new Problem({ code: 'internal_error', status: answer.status });
      }
      this.held.set({ list: answer.body, etag: answer.headers.get('ETag') });
      this.failed.set(null);
      await this.store(CURRENT, this.held());
      await this.sessions.moveEnd(answer.body.valid_until);
    } catch (error) {
      await this.takeProblem(toProblem(error), askedAt);
    }
  }

  private async takeProblem(problem: Problem, askedAt: Date): Promise<void> {
    if (problem.status === 304) {
      this.checkedAt.set(askedAt.toISOString());
      this.failed.set(null);
      await this.store(CHECKED, this.checkedAt());
      return;
    }
    this.failed.set(problem);
    if (problem.code === 'network') {
      this.link.lost();
    }
  }

  private async store(key: string, value: unknown): Promise<void> {
    if (this.vault.isAvailable() && this.list() !== null) {
      await this.vault.put('list', key, value);
      if (this.list() === null) {
        await this.vault.clear('list'); // the session ended while this was being written
      }
      this.tabs.tell('list');
    }
  }

  private async read(): Promise<void> {
    if (this.vault.isAvailable()) {
      this.checkedAt.set(await this.vault.get<string>('list', CHECKED));
      this.held.set(await this.vault.get<KeptList>('list', CURRENT));
    }
  }
}

function later(one: string, other: string | null): Date {
  return new Date(Math.max(Date.parse(one), other === null ? 0 : Date.parse(other)));
}

/** What stands between the phone and the theatre may answer with a page of its own. */
function isDoorList(body: unknown): boolean {
  return Array.isArray((body as { reservations?: unknown } | null)?.reservations);
}
