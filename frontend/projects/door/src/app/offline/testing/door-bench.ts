import { HttpBackend } from '@angular/common/http';
import { EnvironmentInjector, LOCALE_ID, Type, createEnvironmentInjector } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { provideRouter } from '@angular/router';
import { doorInterceptor } from '@azione/shared/api/door-interceptor';
import { DeviceSession as ApiDeviceSession } from '@azione/shared/api/generated/models/device-session';
import { newUuid } from '@azione/shared/api/new-uuid';
import { provideApi } from '@azione/shared/api/provide-api';
import { provideIcons } from '@azione/shared/ui/icons';
import { IDBFactory } from 'fake-indexeddb';
import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { DECODER_ENGINES } from '../../camera/decoder';
import { ReadFrame } from '../../camera/decoder-engines';
import { DeviceSessions } from '../../device/device-session';
import { ServerClock } from '../../device/server-clock';
import { Tabs } from '../../device/tabs';
import { DATABASE, Vault } from '../../device/vault';
import { ticketDigest } from '../../door-list/door-code';
import { DoorList, ListedReservation } from '../../door-list/door-list';
import { DoorLists } from '../../door-list/door-lists';
import { Attempt } from '../attempt';
import { LearnedSections } from '../learned';
import { Link } from '../link';
import { LocalDoor } from '../local-door';
import { OwnRecord } from '../offline-scan';
import { Outbox } from '../outbox';
import { provideDoor } from '../provide-door';
import { TheatreServer } from './theatre-server';

export const PERFORMANCE = 7;
/** This phone's number at the door. */
export const ME = 2;
export const TICKET = 'ABCDEFGHIJKLMNOPQRSTUVWXYA';
const LATER = '2099-01-01T00:00:00+01:00';

const SERVICES: Type<unknown>[] = [
  Vault,
  Tabs,
  ServerClock,
  DeviceSessions,
  Link,
  DoorLists,
  LearnedSections,
  Outbox,
  LocalDoor,
];

export function row(changes: Partial<ListedReservation> = {}): ListedReservation {
  return {
    slot: 0,
    digests: [],
    reference: 'K7Q4MX',
    name: 'Anna Ros.',
    seats: 4,
    status: 'confirmed',
    admitted: 0,
    admitted_by: {},
    first_admitted_at: null,
    first_device: null,
    ...changes,
  };
}

export function doorList(
  reservations: ListedReservation[],
  changes: Partial<DoorList> = {},
): DoorList {
  const device = { admitted: 0, walk_ins: 0, sequence: 0, revoked: false };
  return {
    performance: { ...PLAYS },
    made_at: '2026-11-22T20:31:00+01:00',
    valid_until: LATER,
    counts: { expected: 8, admitted: 0, walk_ins: 0, inside: 0, left: 10, conflicts: 0 },
    devices: [
      { ...device, number: 1, name: 'Ugo' },
      { ...device, number: ME, name: 'Marta' },
    ],
    reservations,
    last_scans: [],
    ...changes,
  };
}

const PLAYS = {
  id: PERFORMANCE,
  show_title: 'La locandiera',
  venue_name: 'La Cantina',
  starts_at: '2026-11-22T20:30:00+01:00',
  doors_open_at: '2026-11-22T20:00:00+01:00',
  cancelled: false,
};

export function apiSession(changes: Partial<ApiDeviceSession> = {}): ApiDeviceSession {
  return {
    token: 'MFRGGZDFMZTWQ2LKNNWG23TPOA',
    device: { id: '6b7a0d51-3f0e-4c1e-9d5b-1f6f0a4e2c77', number: ME, name: 'Marta' },
    performance: { ...PLAYS },
    valid_until: LATER,
    walk_in_allowance: 2,
    can_manage: false,
    device_key: 'eTQIu2kDmPZAYZiKHjF5DlmsO0Rm5Bjp7QcYnqh3NtE',
    performance_key: 'y2GZ_9G_c4EQwqqS5-HOTyq4Z04q5fMnGLU1v4poiX0',
    ...changes,
  };
}

export function attempt(changes: Partial<Attempt> = {}): Attempt {
  return {
    scanId: newUuid(),
    kind: 'ticket',
    code: { kind: 'reference', reference: 'K7Q4MX' },
    seats: null,
    reason: '',
    undoes: null,
    scannedAt: new Date().toISOString(),
    device: 'Marta',
    ...changes,
  };
}

/** An admission that this phone decided alone. */
export function record(sequence: number, seats = 1, changes: Partial<OwnRecord> = {}): OwnRecord {
  return {
    scan: {
      scan_id: newUuid(),
      kind: 'ticket',
      reference: 'K7Q4MX',
      seats: null,
      outcome: 'admitted',
      seats_admitted: seats,
      scanned_at: new Date().toISOString(),
      clock_offset_ms: null,
      sequence,
    },
    decidedBy: 'device',
    effect: { device: ME, slot: 0, seats, walkIns: 0 },
    answer: null,
    ...changes,
  };
}

/** A phone, its database and the server. A page can be closed and opened again, or opened twice. */
export class DoorBench {
  readonly server: TheatreServer;

  private constructor(server: TheatreServer) {
    this.server = server;
  }

  /** A phone that nobody has used before. */
  static async fresh(changes: Partial<ApiDeviceSession> = {}): Promise<DoorBench> {
    indexedDB = new IDBFactory();
    const digests = [await ticketDigest(TICKET)];
    const session = apiSession(changes);
    const rows = [
      row({ digests }),
      row({ slot: 1, reference: 'ABCDEF', name: 'Nicolò De Luc.', seats: 1 }),
    ];
    const list = doorList(rows, { valid_until: session.valid_until });
    const bench = new DoorBench(new TheatreServer(list, session));
    await bench.open();
    return bench;
  }

  /** One that is paired, has its list, and is online. */
  static async paired(changes: Partial<ApiDeviceSession> = {}): Promise<DoorBench> {
    const bench = await DoorBench.fresh(changes);
    await bench.pair();
    return bench;
  }

  async pair(): Promise<void> {
    await this.get(DeviceSessions).pairWithCode('ABCDEFGHJK', 'Marta');
    TestBed.tick(); // the list that a new session asks for by itself is asked for now, not in a test
    await this.get(DoorLists).refresh();
  }

  /** Closes the page, as a crash would, and opens it on what the database holds. */
  async open(): Promise<void> {
    this.server.answerLate(); // to nobody: a request dies with its page
    TestBed.resetTestingModule();
    TestBed.configureTestingModule({
      providers: [
        provideApi(doorInterceptor),
        { provide: HttpBackend, useValue: this.server },
        { provide: LOCALE_ID, useValue: 'it' },
        provideDoor(),
        provideIcons(),
        provideRouter([]),
        { provide: DECODER_ENGINES, useValue: { native: readNothing, wasm: readNothing } },
      ],
    });
    await restore(TestBed.inject(EnvironmentInjector));
  }

  /** A second tab on the same database. */
  async openTab(): Promise<EnvironmentInjector> {
    const tab = createEnvironmentInjector(SERVICES, TestBed.inject(EnvironmentInjector));
    await restore(tab);
    return tab;
  }

  get<T>(service: Type<T>): T {
    return TestBed.inject(service);
  }

  /** All that a thief would read, letter by letter. */
  async rawContent(): Promise<string> {
    const database = await openDB(DATABASE);
    const stores = [...database.objectStoreNames];
    const content = await Promise.all(
      stores.map(async (store) => [await database.getAllKeys(store), await database.getAll(store)]),
    );
    database.close();
    return readable(content);
  }
}

/** There are no pictures here, so nothing is to be read in them. */
function readNothing(): Promise<ReadFrame> {
  return Promise.resolve(() => Promise.resolve([]));
}

async function restore(injector: EnvironmentInjector): Promise<void> {
  await injector.get(DoorLists).restore();
  await injector.get(LearnedSections).restore();
  await injector.get(Outbox).restore();
}

function readable(value: unknown): string {
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
    return new TextDecoder('latin1').decode(value);
  }
  if (Array.isArray(value)) {
    return value.map(readable).join('\n');
  }
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .map(([name, part]) => `${name}=${readable(part)}`)
      .join('\n');
  }
  return String(value);
}
