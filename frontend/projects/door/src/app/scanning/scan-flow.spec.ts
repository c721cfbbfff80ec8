import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { LOCALE_ID } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { doorInterceptor } from '@azione/shared/api/door-interceptor';
import { ScanAnswer } from '@azione/shared/api/generated/models/scan-answer';
import { ScanRequest } from '@azione/shared/api/generated/models/scan-request';
import { provideApi } from '@azione/shared/api/provide-api';
import { DoorSignals } from '../camera/door-signals';
import { SIGNALS, SignalTone } from '../camera/signal-patterns';
import { DeviceSessions } from '../device/device-session';
import { DoorLists } from '../door-list/door-lists';
import { provideDoor } from '../offline/provide-door';
import { apiSession, doorList, row } from '../offline/testing/door-bench';
import { playAnswers } from './answer-signals';
import { DoorState } from './door-state';
import { SAME_ADMISSION_MS } from './just-admitted';
import { NOTICE_STAYS, PATIENCE, SUCCESS_SEEN, SUCCESS_STAYS, ScanFlow } from './scan-flow';

const SCANS = '/api/v1/door/performances/7/scans/';
const LIST = '/api/v1/door/performances/7/list/?language=it';
const TICKET = 'https://teatro.example/t#ABCDEFGHIJKLMNOPQRSTUVWXYA';

function answer(changes: Partial<ScanAnswer> = {}): ScanAnswer {
  return {
    outcome: 'admitted',
    scan_id: 'x',
    kind: 'ticket',
    seats_admitted: 1,
    reservation: { reference: 'K7Q4MX', name: 'Anna', seats: 1, admitted: 1 },
    first_admitted_at: null,
    first_device: null,
    replayed_outcome: null,
    seats_left: null,
    conflict: null,
    ...changes,
  };
}

/** In milliseconds, until both the ear and the hand have all of it. */
function lengthOf({ notes, vibration }: (typeof SIGNALS)[SignalTone]): number {
  const ends = notes.map(({ at, seconds }) => (at + seconds) * 1000);
  return Math.max(...ends, ...vibration);
}

describe('ScanFlow', () => {
  let flow: ScanFlow;
  let server: HttpTestingController;

  beforeEach(() => {
    vi.useFakeTimers();
    // A phone that can keep nothing: the server decides, and nothing here waits for a disk.
    vi.stubGlobal('indexedDB', undefined);
    Reflect.deleteProperty(globalThis, 'indexedDB');
    TestBed.configureTestingModule({
      providers: [
        ScanFlow,
        DoorState,
        provideApi(doorInterceptor),
        provideDoor(),
        provideHttpClientTesting(),
        { provide: LOCALE_ID, useValue: 'it' },
      ],
    });
    flow = TestBed.inject(ScanFlow);
    flow.performanceId.set(7);
    server = TestBed.inject(HttpTestingController);
  });

  afterEach(() => {
    TestBed.resetTestingModule();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  const soon = () => vi.advanceTimersByTimeAsync(0);

  /** Pairs the phone, and gives it the list of a party of four and of one who comes alone. */
  async function withList(admitted = 0): Promise<void> {
    const paired = TestBed.inject(DeviceSessions).pairWithCode('ABCDEFGHJK', 'Marta');
    await soon();
    server.expectOne('/api/v1/door/pairings/').flush(apiSession());
    await paired;
    const refreshed = TestBed.inject(DoorLists).refresh();
    await soon();
    const rows = [
      row({ admitted, admitted_by: { 1: admitted } }),
      row({ slot: 1, reference: 'ABCDEF', name: 'Nicolò De Luc.', seats: 1 }),
    ];
    server.expectOne(LIST).flush(doorList(rows));
    await refreshed;
  }

  /** The one request under way, and a way to answer it. */
  async function request() {
    await soon();
    const call = server.expectOne(SCANS);
    return {
      body: call.request.body as ScanRequest,
      answer: async (changes: Partial<ScanAnswer> = {}) => {
        call.flush(answer(changes));
        await soon();
      },
      lose: async () => {
        call.error(new ProgressEvent('error'));
        await soon();
      },
    };
  }

  async function submitAndAnswer(code: string, changes: Partial<ScanAnswer> = {}): Promise<void> {
    flow.submit(code);
    await (await request()).answer(changes);
  }

  async function expectNoRequest(): Promise<void> {
    await soon();
    server.expectNone(SCANS);
  }

  it('sends the reference and the seats, with a scan_id of its own', async () => {
    flow.seats.set(2);
    flow.submit('k7q 4mx');
    const { body } = await request();
    expect(body).toMatchObject({ kind: 'ticket', reference: 'K7Q4MX', seats: 2 });
    expect(body.scan_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-/);
  });

  it('asks for all that are left again after each scan', async () => {
    flow.seats.set(2);
    await submitAndAnswer('K7Q4MX');
    expect(flow.seats()).toBeNull();
    flow.dismiss();
    flow.submit('ABCDEF');
    expect((await request()).body).not.toHaveProperty('seats');
  });

  it('clears a success by itself and leaves a refusal', async () => {
    await submitAndAnswer('K7Q4MX');
    vi.advanceTimersByTime(SUCCESS_STAYS - 1);
    expect(flow.view()?.tone).toBe('go');
    vi.advanceTimersByTime(1);
    expect(flow.view()).toBeNull();

    await submitAndAnswer('ABCDEF', { outcome: 'already_admitted' });
    vi.advanceTimersByTime(10 * SUCCESS_STAYS);
    expect(flow.view()?.tone).toBe('stop');
  });

  it('tries again with the same scan_id when the answer was lost', async () => {
    flow.submit('K7Q4MX');
    const first = await request();
    await first.lose();
    expect(flow.view()).toMatchObject({ tone: 'lost', action: 'retry' });
    flow.retry();
    const second = await request();
    expect(second.body).toEqual(first.body);
    await second.answer({ outcome: 'replay', replayed_outcome: 'admitted' });
    expect(flow.view()?.tone).toBe('go');
    expect(flow.log()).toHaveLength(1);
    expect(flow.log()[0]?.unsettled).toBeNull();
  });

  it('can settle a lost scan from the list, later', async () => {
    flow.submit('K7Q4MX');
    const first = await request();
    await first.lose();
    await submitAndAnswer('ABCDEF', { outcome: 'unknown', reservation: null });
    const lost = flow.log().find((line) => line.unsettled !== null);
    flow.retry(lost?.unsettled ?? null);
    expect((await request()).body.scan_id).toBe(first.body.scan_id);
  });

  it('says that there is no answer when it waits too long, and still takes it when it comes', async () => {
    flow.submit('K7Q4MX');
    const slow = await request();
    vi.advanceTimersByTime(PATIENCE);
    expect(flow.view()?.tone).toBe('lost');
    await slow.answer();
    expect(flow.view()?.tone).toBe('go');
    expect(flow.log()).toHaveLength(1);
  });

  it('starts what is typed over a refusal at once', async () => {
    await submitAndAnswer('K7Q4MX', { outcome: 'cancelled' });
    flow.submit('ABCDEF');
    expect(flow.view()).toBeNull();
    expect((await request()).body.reference).toBe('ABCDEF');
  });

  it('keeps a code that comes before the answer, and hides no refusal for it', async () => {
    flow.submit('K7Q4MX');
    const first = await request();
    flow.submit('ABCDEF');
    expect(flow.waiting()).toBe(1);
    await expectNoRequest();
    await first.answer({ outcome: 'already_admitted' });
    await expectNoRequest();
    flow.dismiss();
    expect((await request()).body.reference).toBe('ABCDEF');
    expect(flow.waiting()).toBe(0);
  });

  it('goes on by itself to a code that waited for a success, once that was seen', async () => {
    flow.submit('K7Q4MX');
    const first = await request();
    flow.submit('ABCDEF');
    await first.answer();
    await vi.advanceTimersByTimeAsync(SUCCESS_SEEN - 1);
    expect(flow.view()?.tone).toBe('go');
    await expectNoRequest();
    await vi.advanceTimersByTimeAsync(1);
    expect((await request()).body.reference).toBe('ABCDEF');
  });

  it('shows a success long enough to be seen, however soon the next code comes', async () => {
    await submitAndAnswer('K7Q4MX');
    await vi.advanceTimersByTimeAsync(SUCCESS_SEEN - 1);
    flow.submit('ABCDEF');
    await expectNoRequest();
    expect([flow.view()?.tone, flow.waiting()]).toEqual(['go', 1]);
    await vi.advanceTimersByTimeAsync(1);
    expect((await request()).body.reference).toBe('ABCDEF');
  });

  it('is heard and felt as two when two go in one after the other', async () => {
    const played: number[] = [];
    vi.spyOn(TestBed.inject(DoorSignals), 'play').mockImplementation(() => {
      played.push(performance.now());
    });
    TestBed.runInInjectionContext(() => {
      playAnswers(flow);
    });
    flow.submit('K7Q4MX');
    const first = await request();
    flow.submit('ABCDEF');
    await first.answer();
    await vi.advanceTimersByTimeAsync(SUCCESS_SEEN);
    await (await request()).answer();
    TestBed.tick();
    const [one = 0, other = 0] = played;
    expect(played).toHaveLength(2);
    // With a silence between them at least as long as the sound.
    expect(other - one).toBeGreaterThanOrEqual(2 * lengthOf(SIGNALS.go));
  });

  it('ends a success at a touch, however new it is', async () => {
    await submitAndAnswer('K7Q4MX');
    flow.dismiss();
    expect(flow.view()).toBeNull();
    flow.submit('ABCDEF');
    expect((await request()).body.reference).toBe('ABCDEF');
  });

  it('admits those who are left as a scan of its own', async () => {
    flow.seats.set(3);
    flow.submit('K7Q4MX');
    const first = await request();
    await first.answer({
      outcome: 'over_party',
      reservation: { reference: 'K7Q4MX', name: 'Anna', seats: 4, admitted: 2 },
    });
    flow.admitRest();
    const second = await request();
    expect(second.body).toMatchObject({ reference: 'K7Q4MX', seats: 2 });
    expect(second.body.scan_id).not.toBe(first.body.scan_id);
  });

  it('bothers nobody with a typed code that is no ticket', async () => {
    flow.submit('https://example.org/menu');
    await expectNoRequest();
    expect(flow.view()?.tone).toBe('ask');
    expect(flow.submit('  ')).toBe(false);
  });

  it('uses the scan_id of an opened ticket as it is', async () => {
    flow.submit('K7Q4MX', 'link', '3c8d1d2e-1111-4222-8333-444455556666');
    expect((await request()).body.scan_id).toBe('3c8d1d2e-1111-4222-8333-444455556666');
  });

  describe('the camera', () => {
    it('is waited for while a refusal shows, and goes on when that was read', async () => {
      await submitAndAnswer('K7Q4MX', { outcome: 'already_admitted' });
      expect(flow.needsAttention()).toBe(true);
      flow.submit('ABCDEF', 'camera');
      expect(flow.view()?.tone).toBe('stop');
      await expectNoRequest();
      flow.dismiss();
      expect((await request()).body.reference).toBe('ABCDEF');
    });

    it('begins the next code at once while a success shows that was seen', async () => {
      await submitAndAnswer('K7Q4MX');
      await vi.advanceTimersByTimeAsync(SUCCESS_SEEN);
      expect(flow.needsAttention()).toBe(false);
      flow.submit('ABCDEF', 'camera');
      expect((await request()).body.reference).toBe('ABCDEF');
    });

    it('does not ask again about what is being dealt with', async () => {
      flow.submit('K7Q4MX', 'camera');
      const first = await request();
      flow.submit('K7Q4MX', 'camera');
      await first.answer({ outcome: 'cancelled' });
      flow.submit('K7Q4MX', 'camera');
      expect(flow.waiting()).toBe(0);
      flow.dismiss();
      await expectNoRequest();
    });

    it.each([
      ['https://example.org/menu', 'Codice non nostro'],
      ['AZDOOR:AEBAGBAF', 'È il codice di un altro telefono'],
    ])('says a word in passing about %s', (code, title) => {
      flow.submit(code, 'camera');
      expect(flow.view()).toBeNull();
      expect(flow.notice()?.title).toBe(title);
      vi.advanceTimersByTime(NOTICE_STAYS);
      expect(flow.notice()).toBeNull();
    });
  });

  describe('the same ticket again', () => {
    it('is the same admission for ten seconds, and no alarm', async () => {
      await submitAndAnswer(TICKET);
      vi.advanceTimersByTime(SAME_ADMISSION_MS - 1);
      flow.submit(TICKET, 'camera');
      await expectNoRequest();
      expect(flow.view()).toBeNull();
      expect(flow.notice()?.title).toBe('Già letto: stesso ingresso');
    });

    it('is asked about after ten seconds', async () => {
      await submitAndAnswer(TICKET);
      vi.advanceTimersByTime(SAME_ADMISSION_MS);
      flow.submit(TICKET, 'camera');
      expect((await request()).body.ticket).toBe('ABCDEFGHIJKLMNOPQRSTUVWXYA');
    });

    it('is asked about when somebody says how many come in', async () => {
      await submitAndAnswer(TICKET);
      flow.dismiss();
      flow.seats.set(1);
      flow.submit(TICKET);
      expect((await request()).body.seats).toBe(1);
    });

    it('is asked about when nobody was let in', async () => {
      await submitAndAnswer(TICKET, { outcome: 'not_confirmed', seats_admitted: 0 });
      flow.dismiss();
      flow.submit(TICKET);
      await request();
    });

    it('does not keep the next code waiting', async () => {
      await submitAndAnswer(TICKET);
      vi.advanceTimersByTime(SUCCESS_STAYS);
      flow.submit('K7Q4MX');
      const next = await request();
      flow.submit(TICKET);
      flow.submit('ABCDEF');
      await next.answer();
      await vi.advanceTimersByTimeAsync(SUCCESS_SEEN);
      expect((await request()).body.reference).toBe('ABCDEF');
    });

    it('is asked about after its admission was taken back', async () => {
      await submitAndAnswer(TICKET);
      flow.undo({ scanId: 'x', name: 'Anna', reference: 'K7Q4MX', seats: 1 }, 'per sbaglio');
      const undo = await request();
      expect(undo.body).toMatchObject({ kind: 'undo', undoes: 'x', reason: 'per sbaglio' });
      await undo.answer({ kind: 'undo', outcome: 'undone' });
      flow.dismiss();
      flow.submit(TICKET);
      await request();
    });
  });

  describe('a party', () => {
    it('is asked about before anybody goes in', async () => {
      await withList(1);
      flow.submit('K7Q4MX', 'camera');
      await expectNoRequest();
      expect(flow.question()).toMatchObject({
        left: 3,
        party: { name: 'Anna Ros.', seats: 4, admitted: 1 },
      });
      expect([flow.isAsking(), flow.needsAttention()]).toEqual([false, true]);

      flow.admit(2);
      const asked = await request();
      expect(asked.body).toMatchObject({ reference: 'K7Q4MX', seats: 2 });
      await asked.answer({ seats_admitted: 2 });
      expect(flow.question()).toBeNull();
      expect(flow.view()?.title).toBe('Avanti, 2\u00a0persone');
    });

    it('of one goes in at once', async () => {
      await withList();
      flow.submit('ABCDEF');
      expect((await request()).body).not.toHaveProperty('seats');
    });

    it('with one left goes in at once', async () => {
      await withList(3);
      flow.submit('K7Q4MX');
      expect((await request()).body).not.toHaveProperty('seats');
    });

    it('goes in whole without a question when that was switched on', async () => {
      await withList();
      flow.allAtOnce.set(true);
      flow.submit('K7Q4MX');
      expect((await request()).body).not.toHaveProperty('seats');
    });

    it('goes in without a question when the seats were chosen before', async () => {
      await withList();
      flow.seats.set(2);
      flow.submit('K7Q4MX');
      expect((await request()).body.seats).toBe(2);
    });

    it('makes the next code wait for an answer', async () => {
      await withList();
      flow.submit('K7Q4MX');
      await soon();
      flow.submit('ABCDEF');
      expect(flow.question()).not.toBeNull();
      expect(flow.waiting()).toBe(1);
      flow.dismiss();
      expect((await request()).body.reference).toBe('ABCDEF');
    });

    it('that is not on the list is looked for on a fresh one', async () => {
      await withList();
      flow.submit('NEWONE');
      await soon();
      const rows = [row({ slot: 2, reference: 'NEWONE', seats: 2 })];
      server.expectOne(LIST).flush(doorList(rows));
      await vi.advanceTimersByTimeAsync(0);
      expect(flow.question()?.party.reference).toBe('NEWONE');
    });
  });
});
