import { DoorList } from '../door-list/door-list';
import { Section, admittedOf, countsOf, ownSection, ownWalkIns } from './knowledge';
import { OwnRecord } from './offline-scan';
import { ME, doorList, record, row } from './testing/door-bench';

const OTHER = 1;

function listAfter(sequences: Record<number, number>, byDevice: Record<number, number>): DoorList {
  const admitted = Object.values(byDevice).reduce((sum, seats) => sum + seats, 0);
  const list = doorList([row({ admitted, admitted_by: byDevice })]);
  return {
    ...list,
    devices: list.devices.map((device) => ({
      ...device,
      sequence: sequences[device.number] ?? 0,
    })),
  };
}

function inside(list: DoorList, records: OwnRecord[], learned: Section[] = []): number {
  const [party = row()] = list.reservations;
  return admittedOf(party, list, { device: ME, records }, learned).admitted;
}

function undo(sequence: number, of: OwnRecord): OwnRecord {
  const { effect } = of;
  const taken =
    effect === null ? null : { ...effect, seats: -effect.seats, walkIns: -effect.walkIns };
  const { scan, ...rest } = record(sequence, 0, { effect: taken });
  return { ...rest, scan: { ...scan, undoes: of.scan.scan_id } };
}

describe('admittedOf', () => {
  it('adds to the list what this phone has done since', () => {
    const list = listAfter({ [ME]: 5 }, { [ME]: 1 });
    expect(inside(list, [record(5), record(6), record(7)])).toBe(3);
  });

  it('believes of two accounts of a device the later one, whichever way it comes', () => {
    const section = (sequence: number, seats: number) => ({
      device: OTHER,
      sequence,
      counts: [seats],
    });
    const list = listAfter({ [OTHER]: 5 }, { [OTHER]: 1 });
    expect(inside(list, [], [section(7, 3)])).toBe(3);
    expect(inside(list, [], [section(7, 3), section(6, 2)])).toBe(3);
    expect(inside(list, [], [section(4, 4)])).toBe(1);
  });

  it('lets nobody tell this phone what it did itself', () => {
    const list = listAfter({ [ME]: 1 }, { [ME]: 1 });
    expect(inside(list, [record(2)], [{ device: ME, sequence: 9, counts: [4] }])).toBe(2);
  });

  it('takes back what was undone, be it older than the list or not', () => {
    const [first, second] = [record(5, 2), record(6, 1)];
    const list = listAfter({ [ME]: 5 }, { [ME]: 2 });
    expect(inside(list, [first, second, undo(7, second)])).toBe(2);
    expect(inside(list, [first, second, undo(7, first)])).toBe(1);
  });

  it('takes back what was undone of another device', () => {
    const list = listAfter({ [OTHER]: 5 }, { [OTHER]: 2 });
    const effect = { device: OTHER, slot: 0, seats: -2, walkIns: 0 };
    expect(inside(list, [record(1, 0, { effect })])).toBe(0);
  });

  describe('what this phone has undone of another device', () => {
    const effect = { device: OTHER, slot: 0, seats: -2, walkIns: 0 };
    const undone = record(4, 0, { effect });
    const section = (sequence: number, seats: number) => ({
      device: OTHER,
      sequence,
      counts: [seats],
    });

    it('stays undone when that device, which has not heard of it, shows what it did', () => {
      const before = listAfter({ [OTHER]: 5, [ME]: 3 }, { [OTHER]: 2 });
      expect(inside(before, [undone], [section(6, 3)])).toBe(1);
      const after = listAfter({ [OTHER]: 5, [ME]: 4 }, { [OTHER]: 0 });
      expect(inside(after, [undone])).toBe(0);
      expect(inside(after, [undone], [section(6, 3)])).toBe(1);
    });

    it('is taken off once where a list has it that is later than what the device showed', () => {
      const list = listAfter({ [OTHER]: 6, [ME]: 4 }, { [OTHER]: 1 });
      expect(inside(list, [undone], [section(6, 3)])).toBe(1);
      expect(inside(list, [undone], [section(5, 2)])).toBe(1);
    });

    it('is taken off a list that has later scans of the device and not yet the undo', () => {
      const list = listAfter({ [OTHER]: 6, [ME]: 3 }, { [OTHER]: 3 });
      expect(inside(list, [undone])).toBe(1);
    });

    it('may make the party look smaller, and never makes another phone’s people vanish', () => {
      const list = listAfter({ [OTHER]: 5, [ME]: 4, 3: 1 }, { [OTHER]: 0, 3: 1 });
      // The device had the list with the undo in it when it showed this.
      expect(inside(list, [undone], [section(6, 1)])).toBe(1);
    });
  });
});

describe('what a phone tells', () => {
  it('shows all that it has let in, in the slots of the list', () => {
    const list = doorList([row({ admitted_by: { [ME]: 1, [OTHER]: 2 } }), row({ slot: 2 })]);
    const other = record(4, 3, { effect: { device: ME, slot: 2, seats: 3, walkIns: 0 } });
    const own = { device: ME, records: [other] };
    expect(ownSection(list, own)).toEqual({ device: ME, sequence: 4, counts: [1, 0, 3] });
  });

  it('counts its walk-ins of the whole evening', () => {
    const list = listAfter({ [ME]: 5 }, {});
    const effect = { device: ME, slot: null, seats: 0, walkIns: 2 };
    const own = { device: ME, records: [record(5, 2, { effect }), record(6, 2, { effect })] };
    const before = list.devices.map((device) => ({ ...device, walk_ins: 3 }));
    expect(ownWalkIns({ ...list, devices: before }, own)).toBe(5);
  });

  it('counts everybody who is inside, and no party as larger than it is', () => {
    const list = listAfter({ [OTHER]: 5 }, { [OTHER]: 4 });
    const counts = { ...list.counts, admitted: 4, inside: 4 };
    const walkIn = record(2, 1, { effect: { device: ME, slot: null, seats: 0, walkIns: 1 } });
    const own = { device: ME, records: [record(1, 4), walkIn] };
    expect(countsOf({ ...list, counts }, own, [])).toMatchObject({
      admitted: 4,
      walk_ins: 1,
      inside: 9,
      left: 9,
    });
  });
});

/** A small generator with a seed, so that a history that fails can be had again. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

interface Phone {
  readonly device: number;
  readonly done: OwnRecord[];
  list: DoorList;
  learned: Section[];
}

const SLOTS = 5;

/** What the server would list when it had the first so many scans of each phone. */
function listOf(phones: readonly Phone[], delivered: ReadonlyMap<number, number>): DoorList {
  const known = phones.flatMap(({ device, done }) => done.slice(0, delivered.get(device) ?? 0));
  const rows = Array.from({ length: SLOTS }, (_, slot) => {
    const byDevice: Record<string, number> = {};
    for (const { effect } of known.filter((one) => one.effect?.slot === slot)) {
      const device = String(effect?.device);
      byDevice[device] = (byDevice[device] ?? 0) + (effect?.seats ?? 0);
    }
    return row({ slot, reference: `SLOT${slot}`, seats: 99, admitted_by: byDevice });
  });
  const devices = phones.map(({ device }) => ({
    number: device,
    name: `phone ${device}`,
    admitted: 0,
    walk_ins: 0,
    sequence: delivered.get(device) ?? 0,
    revoked: false,
  }));
  return doorList(rows, { devices });
}

function truth(phones: readonly Phone[], slot: number): number {
  return phones
    .flatMap(({ done }) => done)
    .filter(({ effect }) => effect?.slot === slot)
    .reduce((sum, { effect }) => sum + (effect?.seats ?? 0), 0);
}

function known(phone: Phone, slot: number): number {
  const party = phone.list.reservations[slot] ?? row();
  const own = { device: phone.device, records: phone.done };
  return admittedOf(party, phone.list, own, phone.learned).admitted;
}

type Check = (phones: readonly Phone[], phone: Phone, seed: number) => void;

/** One evening of four phones: they let in, undo, deliver, fetch lists and show each other codes. */
function evening(seed: number, happens: typeof happen, check: Check): void {
  const random = generator(seed);
  const phones: Phone[] = [1, 2, 3, 4].map((device) => ({
    device,
    done: [],
    list: doorList([]),
    learned: [],
  }));
  const delivered = new Map<number, number>();
  phones.forEach((phone) => (phone.list = listOf(phones, delivered)));
  for (let step = 0; step < 80; step++) {
    const phone = phones[random(phones.length)];
    const other = phones[random(phones.length)];
    if (phone !== undefined && other !== undefined) {
      happens(random, phone, other, { phones, delivered });
      check(phones, phone, seed);
    }
  }
  phones.forEach((phone) => delivered.set(phone.device, phone.done.length));
  for (const phone of phones) {
    phone.list = listOf(phones, delivered);
    for (let slot = 0; slot < SLOTS; slot++) {
      expect(known(phone, slot), `seed ${seed}`).toBe(truth(phones, slot));
    }
  }
}

function happen(
  random: (below: number) => number,
  phone: Phone,
  other: Phone,
  { phones, delivered }: { phones: Phone[]; delivered: Map<number, number> },
): void {
  const sequence = phone.done.length + 1;
  const effect = { device: phone.device, slot: random(SLOTS), seats: 1 + random(4), walkIns: 0 };
  const last = phone.done.at(-1);
  switch (random(5)) {
    case 0:
      phone.done.push(record(sequence, effect.seats, { effect }));
      break;
    case 1:
      if (last !== undefined && canBeUndone(last, phones)) {
        phone.done.push(undo(sequence, last));
      }
      break;
    case 2: {
      const before = delivered.get(phone.device) ?? 0;
      delivered.set(phone.device, before + random(phone.done.length - before + 1));
      break;
    }
    case 3:
      phone.list = listOf(phones, delivered);
      break;
    default:
      phone.learned = latest([
        ...phone.learned,
        ownSection(other.list, { device: other.device, records: other.done }),
        ...other.learned,
      ]);
  }
}

function latest(sections: readonly Section[]): Section[] {
  const sorted = [...sections].sort((one, other) => one.sequence - other.sequence);
  return [...new Map(sorted.map((section) => [section.device, section])).values()];
}

/** A phone knows all that it did itself, and of nobody more than a moment of that one's evening. */
function check(phones: readonly Phone[], phone: Phone, seed: number): void {
  for (let slot = 0; slot < SLOTS; slot++) {
    const party = phone.list.reservations[slot] ?? row();
    const own = { device: phone.device, records: phone.done };
    const { byDevice } = admittedOf(party, phone.list, own, phone.learned);
    for (const { device, done } of phones) {
      const moments = momentsOf(done, slot);
      const told = byDevice.get(device) ?? 0;
      if (device === phone.device) {
        expect(told, `seed ${seed}`).toBe(moments.at(-1));
      } else {
        expect(moments, `seed ${seed}`).toContain(told);
      }
    }
  }
}

function momentsOf(done: readonly OwnRecord[], slot: number): number[] {
  const moments = [0];
  for (const { effect } of done) {
    moments.push((moments.at(-1) ?? 0) + (effect?.slot === slot ? effect.seats : 0));
  }
  return moments;
}

function canBeUndone(record: OwnRecord, phones: readonly Phone[]): boolean {
  const all = phones.flatMap(({ done }) => done);
  const isUndone = all.some(({ scan }) => scan.undoes === record.scan.scan_id);
  return (record.effect?.seats ?? 0) > 0 && !isUndone;
}

/** Besides, they take back what the list shows of each other. */
function happenAcross(...[random, phone, other, evening]: Parameters<typeof happen>): void {
  const { phones } = evening;
  const listed = phone.list.devices.find(({ number }) => number === other.device)?.sequence ?? 0;
  const seen = other.done.slice(0, listed);
  const target = seen[random(Math.max(1, seen.length))];
  if (random(4) > 0 || other === phone) {
    happen(random, phone, other, evening);
  } else if (target !== undefined && canBeUndone(target, phones)) {
    phone.done.push(undo(phone.done.length + 1, target));
  }
}

/** Nobody counts as inside whom this phone has taken back itself. */
function checkAcross(phones: readonly Phone[], phone: Phone, seed: number): void {
  for (let slot = 0; slot < SLOTS; slot++) {
    const own = { device: phone.device, records: phone.done };
    const party = phone.list.reservations[slot] ?? row();
    const { byDevice } = admittedOf(party, phone.list, own, phone.learned);
    for (const { device, done } of phones.filter((other) => other !== phone)) {
      const ofItself = done.filter(({ effect }) => effect?.device === device);
      const most = Math.max(...momentsOf(ofItself, slot));
      const takenBack = phone.done
        .filter(({ effect }) => effect?.device === device && effect.slot === slot)
        .reduce((sum, { effect }) => sum - (effect?.seats ?? 0), 0);
      expect(byDevice.get(device) ?? 0, `seed ${seed}`).toBeLessThanOrEqual(most - takenBack);
    }
  }
}

describe('a whole evening', () => {
  const first = Date.now() % 1_000_000;

  it(`ends with the same knowledge on every phone (seeds from ${first})`, () => {
    for (let seed = first; seed < first + 30; seed++) {
      evening(seed, happen, check);
    }
  });

  it(`brings nobody back who was taken back by another phone (seeds from ${first})`, () => {
    for (let seed = first; seed < first + 30; seed++) {
      evening(seed, happenAcross, checkAcross);
    }
  });
});

describe('a list in which a reservation has gone', () => {
  const list = doorList([
    row({ admitted: 1, admitted_by: { [ME]: 1 } }),
    row({ slot: 3, reference: 'ABCDEF', admitted: 2, admitted_by: { [ME]: 2 } }),
  ]);

  it('keeps each party at its own slot, and nobody at the missing ones', () => {
    expect(ownSection(list, { device: ME, records: [] }).counts).toEqual([1, 0, 0, 2]);
  });

  it('reads what another phone told by slot, not by place', () => {
    const told: Section = { device: OTHER, sequence: 4, counts: [0, 0, 0, 1] };
    const last = list.reservations[1] ?? row();
    expect(admittedOf(last, list, { device: ME, records: [] }, [told]).admitted).toBe(3);
  });
});
