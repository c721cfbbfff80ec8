import { newUuid } from '@azione/shared/api/new-uuid';
import { toProblem } from '@azione/shared/api/to-problem';
import { DeviceSessions } from '../device/device-session';
import { DoorLists } from '../door-list/door-lists';
import { LearnedSections } from '../offline/learned';
import { Link, PATIENCE } from '../offline/link';
import { Outbox } from '../offline/outbox';
import { GateAnswer } from '../offline/scan-answer';
import { DoorBench, ME, PERFORMANCE, TICKET, attempt } from '../offline/testing/door-bench';
import { Attempt } from './attempt';
import { ScanGate } from './scan-gate';

const LIVE = '/scans/';
const WALK_IN = { kind: 'walk_in', code: null } as const;

describe('ScanGate', () => {
  let bench: DoorBench;

  beforeEach(async () => {
    bench = await DoorBench.paired();
  });

  afterEach(() => {
    bench.server.answerLate();
    vi.useRealTimers();
  });

  function ask(changes: Partial<Attempt> = {}): Promise<GateAnswer> {
    return bench.get(ScanGate).ask(PERFORMANCE, attempt(changes));
  }

  function goDown(): void {
    bench.server.state = 'down';
    bench.get(Link).lost();
  }

  function waiting(): number {
    return bench.get(Outbox).waiting();
  }

  async function deliver(): Promise<void> {
    bench.server.state = 'up';
    await bench.get(Link).probe();
    await bench.get(Outbox).deliver();
  }

  function answerAdmitted(seats: number, admitted: number): void {
    const reservation = { reference: 'K7Q4MX', name: 'Anna Ros.', seats: 4, admitted };
    bench.server.answer = { outcome: 'admitted', seats_admitted: seats, reservation };
  }

  describe('while the server answers', () => {
    it('lets the server decide, and says so', async () => {
      answerAdmitted(4, 4);
      const answer = await ask({ seats: 4 });
      expect(answer).toMatchObject({ outcome: 'admitted', decidedBy: 'server' });
      const { body } = await bench.server.heard(LIVE);
      expect(body).toMatchObject({ kind: 'ticket', reference: 'K7Q4MX', seats: 4, sequence: 1 });
      expect(body).not.toHaveProperty('device');
      expect(waiting()).toBe(0);
    });

    it('sends what a walk-in and an undo have to say', async () => {
      await ask({ ...WALK_IN, seats: 2, reason: 'Amici del regista' });
      const undoes = newUuid();
      await ask({ kind: 'undo', code: null, undoes, reason: 'Toccato due volte' });
      const bodies = bench.server.callsTo(LIVE).map(({ body }) => body);
      expect(bodies).toMatchObject([
        { kind: 'walk_in', seats: 2, reason: 'Amici del regista', sequence: 1 },
        { kind: 'undo', undoes, reason: 'Toccato due volte', sequence: 2 },
      ]);
    });

    it('takes a refusal to answer for an answer', async () => {
      bench.server.refusal = { path: LIVE, status: 403, code: 'permission_denied' };
      const problem = await ask().catch(toProblem);
      expect(problem).toMatchObject({ code: 'permission_denied' });
      expect(bench.get(Link).state()).toBe('online');
      expect(waiting()).toBe(0);
    });

    it('remembers what the server let in, when the network goes before the next list', async () => {
      answerAdmitted(3, 3);
      await ask({ seats: 3 });
      goDown();
      await bench.open();
      bench.get(Link).lost();
      const answer = await ask();
      expect(answer).toMatchObject({ outcome: 'admitted', seats_admitted: 1 });
      expect(answer.reservation).toMatchObject({ admitted: 4, seats: 4 });
    });
  });

  describe('when no answer comes', () => {
    it('decides after two seconds, and ignores what the server says later', async () => {
      bench.server.state = 'silent';
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      let answer: GateAnswer | null = null;
      const asked = ask().then((given) => (answer = given));
      const call = await bench.server.heard(LIVE);
      vi.advanceTimersByTime(PATIENCE - 1);
      await bench.get(Outbox).records();
      expect(answer).toBeNull();
      vi.advanceTimersByTime(1);
      expect(await asked).toMatchObject({ outcome: 'admitted', decidedBy: 'device' });
      expect(bench.get(Link).state()).toBe('offline');
      bench.server.answerLate();
      const [scan] = await bench.get(Outbox).undelivered();
      expect(scan?.scan_id).toBe((call.body as { scan_id: string }).scan_id);
      expect(scan?.sequence).toBe((call.body as { sequence: number }).sequence);
    });

    it.each([
      ['the network is gone', 'down', null],
      ['the answer is lost', 'losing', null],
      ['the server is in trouble', 'up', { path: LIVE, status: 500, code: 'internal_error' }],
      ['it does not know the phone', 'up', { path: LIVE, status: 401, code: 'not_authenticated' }],
      ['it has too much to do', 'up', { path: LIVE, status: 429, code: 'too_many_requests' }],
      ['it cannot read the question', 'up', { path: LIVE, status: 400, code: 'malformed_request' }],
    ] as const)('decides at once when %s', async (_, state, refusal) => {
      bench.server.state = state;
      bench.server.refusal = refusal;
      expect(await ask()).toMatchObject({ outcome: 'admitted', decidedBy: 'device' });
      expect(bench.get(Link).state()).toBe('offline');
      expect(waiting()).toBe(1);
    });

    it('goes on alone, scan after scan, while the server does not know the phone', async () => {
      bench.server.refusal = { path: '/door/', status: 401, code: 'not_authenticated' };
      expect(await ask({ seats: 1 })).toMatchObject({ seats_admitted: 1, decidedBy: 'device' });
      expect(await ask({ seats: 3 })).toMatchObject({ seats_admitted: 3, decidedBy: 'device' });
      expect(await ask()).toMatchObject({ outcome: 'already_admitted', decidedBy: 'device' });
      await bench.get(Link).probe();
      await bench.get(Outbox).deliver();
      expect(waiting()).toBe(3);
      await bench.open();
      expect(waiting()).toBe(3);
      expect(await ask()).toMatchObject({ outcome: 'already_admitted', decidedBy: 'device' });
    });

    it('takes no longer when half of the patience is gone before the question', async () => {
      bench.server.state = 'silent';
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      bench.get(Link).waited(PATIENCE / 2);
      const asked = ask();
      await bench.server.heard(LIVE);
      vi.advanceTimersByTime(PATIENCE / 2);
      expect(await asked).toMatchObject({ decidedBy: 'device' });
      expect(bench.get(Link).takePatience()).toBe(PATIENCE);
    });

    it('does not ask the server again before all that waits is delivered', async () => {
      goDown();
      await ask({ seats: 1 });
      bench.server.state = 'up';
      bench.server.refusal = { path: 'batch', status: 400, code: 'validation_failed' };
      await bench.get(Link).probe();
      await ask({ seats: 1 });
      expect(bench.server.callsTo(LIVE).filter(({ url }) => url.endsWith(LIVE))).toHaveLength(0);
      bench.server.refusal = null;
      await deliver();
      expect(await ask({ seats: 1 })).toMatchObject({ decidedBy: 'server' });
      const sequences = bench.server.deliveries.map(({ sequence }) => sequence);
      expect(sequences).toEqual([1, 2, 3]);
    });

    it('is as good as ever after a reload, and each scan is on the server once', async () => {
      goDown();
      await ask({ seats: 1, code: { kind: 'ticket', ticket: TICKET } });
      await bench.open();
      bench.get(Link).lost();
      const answer = await ask({ seats: 3 });
      expect(answer).toMatchObject({ outcome: 'admitted', seats_admitted: 3 });
      expect((await ask()).outcome).toBe('already_admitted');
      bench.server.state = 'losing';
      await bench.get(Outbox).deliver();
      await deliver();
      expect(bench.server.scans.size).toBe(3);
      expect(waiting()).toBe(0);
    });

    it('answers the same attempt the same, whatever happened to the page in between', async () => {
      goDown();
      const same = { scanId: newUuid(), seats: 2 };
      const first = await ask(same);
      await bench.open();
      bench.get(Link).lost();
      const again = await ask(same);
      expect(again).toMatchObject({
        outcome: 'replay',
        replayed_outcome: 'admitted',
        seats_admitted: 2,
        reservation: first.reservation,
      });
      expect(waiting()).toBe(1);
    });

    it('says since when and by which device, on the clock of the foyer', async () => {
      goDown();
      const scannedAt = '2026-11-22T19:41:00.000Z';
      await ask({ scannedAt });
      const refusal = await ask();
      expect(refusal).toMatchObject({ outcome: 'already_admitted', first_device: 'Marta' });
      expect(refusal.first_admitted_at).toMatch(/^2026-11-22T20:4[01]:\d\d\.\d{3}\+01:00$/);
      expect(refusal.reservation).toMatchObject({ admitted: 4, seats: 4 });
    });

    it('refuses what another phone has shown to have let in', async () => {
      goDown();
      await bench.get(LearnedSections).learn([{ device: 1, sequence: 3, counts: [4, 0] }]);
      await bench.open();
      bench.get(Link).lost();
      const answer = await ask();
      expect(answer).toMatchObject({ outcome: 'already_admitted', first_device: 'Ugo' });
    });

    it('writes refusals and strange tickets down, too', async () => {
      goDown();
      const strange = { kind: 'ticket', ticket: 'AAAAAAAAAAAAAAAAAAAAAAAAAB' } as const;
      expect((await ask({ code: strange })).outcome).toBe('unknown');
      const [scan] = await bench.get(Outbox).undelivered();
      expect(scan).toMatchObject({ outcome: 'unknown', seats_admitted: 0 });
      expect(scan?.ticket_digest).toMatch(/^[\w-]{43}$/);
      expect(JSON.stringify(scan)).not.toContain(strange.ticket);
    });
  });

  describe('for people without a reservation', () => {
    it('gives no more than the device may, all evening', async () => {
      goDown();
      expect(await ask({ ...WALK_IN, seats: 1 })).toMatchObject({ outcome: 'admitted' });
      expect(await ask({ ...WALK_IN, seats: 2 })).toMatchObject({ outcome: 'not_allowed' });
      await bench.open();
      bench.get(Link).lost();
      expect(await ask({ ...WALK_IN, seats: 1 })).toMatchObject({ seats_admitted: 1 });
      expect(await ask({ ...WALK_IN, seats: 1 })).toMatchObject({ outcome: 'not_allowed' });
    });

    it('writes a manager’s exceptions down with the reason', async () => {
      bench = await DoorBench.paired({ can_manage: true });
      goDown();
      const reason = 'C’è la nonna in più';
      expect(await ask({ seats: 5 })).toMatchObject({ outcome: 'over_party' });
      expect(await ask({ seats: 5, reason })).toMatchObject({ seats_admitted: 5 });
      expect(await ask({ ...WALK_IN, seats: 3, reason })).toMatchObject({ seats_admitted: 3 });
      const [, party, walkIn] = await bench.get(Outbox).undelivered();
      expect(party).toMatchObject({ seats: 5, override: true, reason });
      expect(walkIn).toMatchObject({ kind: 'walk_in', override: true, reason });
    });

    it('makes no exception for those who manage nothing', async () => {
      goDown();
      expect(await ask({ seats: 5, reason: 'Dai!' })).toMatchObject({ outcome: 'over_party' });
    });
  });

  describe('taking back', () => {
    function undo(undoes: string): Promise<GateAnswer> {
      return ask({ kind: 'undo', code: null, undoes, reason: 'Biglietto sbagliato' });
    }

    it('undoes what has not been delivered, once', async () => {
      goDown();
      const scanId = newUuid();
      await ask({ scanId, seats: 3 });
      expect((await undo(scanId)).reservation).toMatchObject({ admitted: 0 });
      expect((await undo(scanId)).outcome).toBe('unknown');
      expect(await ask()).toMatchObject({ outcome: 'admitted', seats_admitted: 4 });
      const scans = await bench.get(Outbox).undelivered();
      expect(scans.map(({ kind }) => kind)).toEqual(['ticket', 'undo', 'undo', 'ticket']);
      expect(scans[1]).toMatchObject({ undoes: scanId, reason: 'Biglietto sbagliato' });
    });

    it('gives a walk-in back to the allowance', async () => {
      goDown();
      const scanId = newUuid();
      await ask({ ...WALK_IN, scanId, seats: 2 });
      await undo(scanId);
      expect(await ask({ ...WALK_IN, seats: 2 })).toMatchObject({ outcome: 'admitted' });
    });

    it('undoes what another device did and the list shows', async () => {
      const scanId = newUuid();
      const { list } = bench.server;
      const [party, ...others] = list.reservations;
      const shown = {
        scan_id: scanId,
        kind: 'ticket',
        at: list.made_at,
        outcome: 'admitted',
        device: 'Ugo',
        device_number: 1,
        reference: 'K7Q4MX',
        name: 'Anna Ros.',
        seats_admitted: 4,
        undone: false,
        conflict: false,
      } as const;
      if (party === undefined) {
        throw new Error('There is no party.');
      }
      const inside = { ...party, admitted: 4, admitted_by: { 1: 4 } };
      bench.server.list = { ...list, reservations: [inside, ...others], last_scans: [shown] };
      await bench.get(DoorLists).refresh();
      goDown();
      expect((await ask()).outcome).toBe('already_admitted');
      expect((await undo(scanId)).outcome).toBe('undone');
      expect(await ask()).toMatchObject({ outcome: 'admitted', seats_admitted: 4 });
    });

    it('takes no undo without a reason: the server would not have it, and all behind it would wait', async () => {
      goDown();
      const nothing = ask({ kind: 'undo', code: null, undoes: newUuid(), reason: ' ' });
      expect(await nothing.catch(toProblem)).toMatchObject({ code: 'validation_failed' });
      expect(waiting()).toBe(0);
    });

    it('knows nothing to undo of a refusal', async () => {
      goDown();
      const scanId = newUuid();
      await ask({ scanId, seats: 9 });
      expect((await undo(scanId)).outcome).toBe('unknown');
    });
  });

  it('is as before for people with a session: without an answer nobody knows', async () => {
    bench = await DoorBench.fresh();
    await ask({ seats: 2 });
    const { body } = await bench.server.heard(LIVE);
    expect(body).toMatchObject({ device: 'Marta', seats: 2 });
    expect(body).not.toHaveProperty('sequence');
    bench.server.state = 'down';
    expect(await ask().catch(toProblem)).toMatchObject({ code: 'network' });
  });

  it('decides nothing any more when it was sent away', async () => {
    goDown();
    await ask({ seats: 1 });
    bench.server.state = 'up';
    const refusal = { status: 401, code: 'device_revoked' };
    bench.server.refusal = { path: '/list/', ...refusal };
    await bench.get(DoorLists).refresh();
    expect(bench.get(DeviceSessions).ended()).toBe('revoked');
    bench.server.refusal = { path: LIVE, ...refusal };
    expect(await ask().catch(toProblem)).toMatchObject({ code: 'device_revoked' });
    expect(waiting()).toBe(1);
  });

  it('decides by itself on each of a thousand reservations, and waits for no server', async () => {
    const [first] = bench.server.list.reservations;
    const rows = Array.from({ length: 1000 }, (_, slot) => ({
      slot,
      digests: first?.digests ?? [],
      reference: `R${String(slot).padStart(5, '0')}`,
      name: 'Anna Ros.',
      seats: 2,
      status: 'confirmed' as const,
      admitted: 0,
      admitted_by: {},
      first_admitted_at: null,
      first_device: null,
    }));
    bench.server.list = { ...bench.server.list, reservations: rows };
    await bench.get(DoorLists).refresh();
    const counts = rows.map(() => 0);
    await bench.get(LearnedSections).learn([{ device: ME + 1, sequence: 3, counts }]);
    goDown();
    // The first one finds out that nobody answers; from then on no scan waits for that.
    await ask({ code: { kind: 'reference', reference: rows[0]?.reference ?? '' } });
    const asked = bench.server.callsTo(LIVE).length;
    for (const { reference } of rows.slice(1, 300)) {
      const answer = await ask({ code: { kind: 'reference', reference } });
      expect(answer.outcome).toBe('admitted');
    }
    expect(bench.server.callsTo(LIVE)).toHaveLength(asked);
  });
});
