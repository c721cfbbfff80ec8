import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { LOCALE_ID } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { ScanAnswer } from '@azione/shared/api/generated/models/scan-answer';
import { ScanRequest } from '@azione/shared/api/generated/models/scan-request';
import { provideApi } from '@azione/shared/api/provide-api';
import { DeviceName } from './device-name';
import { PATIENCE, SUCCESS_STAYS, ScanFlow } from './scan-flow';

const URL = '/api/v1/door/performances/7/scans/';

function answer(changes: Partial<ScanAnswer> = {}): ScanAnswer {
  return {
    outcome: 'admitted',
    scan_id: 'x',
    seats_admitted: 1,
    reservation: { reference: 'K7Q4MX', name: 'Anna', seats: 1, admitted: 1 },
    first_admitted_at: null,
    first_device: null,
    replayed_outcome: null,
    ...changes,
  };
}

describe('ScanFlow', () => {
  let flow: ScanFlow;
  let server: HttpTestingController;

  beforeEach(() => {
    vi.useFakeTimers();
    TestBed.configureTestingModule({
      providers: [
        ScanFlow,
        provideApi(),
        provideHttpClientTesting(),
        { provide: LOCALE_ID, useValue: 'it' },
      ],
    });
    TestBed.inject(DeviceName).rename('Marta, porta sinistra');
    flow = TestBed.inject(ScanFlow);
    flow.performanceId.set(7);
    server = TestBed.inject(HttpTestingController);
  });

  afterEach(() => {
    TestBed.resetTestingModule();
    vi.useRealTimers();
  });

  /** The one request under way, and a way to answer it. */
  function request() {
    const call = server.expectOne(URL);
    return {
      body: call.request.body as ScanRequest,
      answer: async (changes: Partial<ScanAnswer> = {}) => {
        call.flush(answer(changes));
        await vi.advanceTimersByTimeAsync(0);
      },
      lose: async () => {
        call.error(new ProgressEvent('error'));
        await vi.advanceTimersByTimeAsync(0);
      },
    };
  }

  it('sends the reference, the seats and the name of the device', () => {
    flow.seats.set(2);
    flow.submit('k7q 4mx');
    const { body } = request();
    expect(body).toMatchObject({ reference: 'K7Q4MX', seats: 2, device: 'Marta, porta sinistra' });
    expect(body.scan_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-/);
  });

  it('asks for all that are left again after each scan', async () => {
    flow.seats.set(2);
    flow.submit('K7Q4MX');
    await request().answer();
    expect(flow.seats()).toBeNull();
    flow.submit('K7Q4MX');
    expect(request().body).not.toHaveProperty('seats');
  });

  it('clears a success by itself and leaves a refusal', async () => {
    flow.submit('K7Q4MX');
    await request().answer();
    vi.advanceTimersByTime(SUCCESS_STAYS - 1);
    expect(flow.view()?.tone).toBe('go');
    vi.advanceTimersByTime(1);
    expect(flow.view()).toBeNull();

    flow.submit('K7Q4MX');
    await request().answer({ outcome: 'already_admitted' });
    vi.advanceTimersByTime(10 * SUCCESS_STAYS);
    expect(flow.view()?.tone).toBe('stop');
  });

  it('tries again with the same scan_id when the answer was lost', async () => {
    flow.submit('K7Q4MX');
    const first = request();
    await first.lose();
    expect(flow.view()).toMatchObject({ tone: 'lost', action: 'retry' });
    flow.retry();
    const second = request();
    expect(second.body).toEqual(first.body);
    await second.answer({ outcome: 'replay', replayed_outcome: 'admitted' });
    expect(flow.view()?.tone).toBe('go');
    expect(flow.log()).toHaveLength(1);
    expect(flow.log()[0]?.unsettled).toBeNull();
  });

  it('can settle a lost scan from the list, later', async () => {
    flow.submit('K7Q4MX');
    const first = request();
    await first.lose();
    flow.submit('ABCDEF');
    await request().answer({ outcome: 'unknown', reservation: null });
    const lost = flow.log().find((line) => line.unsettled !== null);
    flow.retry(lost?.unsettled ?? null);
    expect(request().body.scan_id).toBe(first.body.scan_id);
  });

  it('says that there is no answer when it waits too long, and still takes it when it comes', async () => {
    flow.submit('K7Q4MX');
    const slow = request();
    vi.advanceTimersByTime(PATIENCE);
    expect(flow.view()?.tone).toBe('lost');
    await slow.answer();
    expect(flow.view()?.tone).toBe('go');
    expect(flow.log()).toHaveLength(1);
  });

  it('starts the next scan at once while a refusal shows', async () => {
    flow.submit('K7Q4MX');
    const first = request();
    await first.answer({ outcome: 'cancelled' });
    flow.submit('ABCDEF');
    expect(flow.view()).toBeNull();
    const second = request();
    expect(second.body.reference).toBe('ABCDEF');
    expect(second.body.scan_id).not.toBe(first.body.scan_id);
  });

  it('keeps a code that comes before the answer, and hides no refusal for it', async () => {
    flow.submit('K7Q4MX');
    const first = request();
    flow.submit('ABCDEF');
    expect(flow.waiting()).toBe(1);
    server.expectNone(URL);
    await first.answer({ outcome: 'already_admitted' });
    server.expectNone(URL);
    flow.dismiss();
    expect(request().body.reference).toBe('ABCDEF');
    expect(flow.waiting()).toBe(0);
  });

  it('goes on by itself to a code that waited for a success', async () => {
    flow.submit('K7Q4MX');
    const first = request();
    flow.submit('ABCDEF');
    await first.answer();
    expect(request().body.reference).toBe('ABCDEF');
  });

  it('admits those who are left as a scan of its own', async () => {
    flow.seats.set(3);
    flow.submit('K7Q4MX');
    const first = request();
    await first.answer({
      outcome: 'over_party',
      reservation: { reference: 'K7Q4MX', name: 'Anna', seats: 4, admitted: 2 },
    });
    flow.admitRest();
    const second = request();
    expect(second.body).toMatchObject({ reference: 'K7Q4MX', seats: 2 });
    expect(second.body.scan_id).not.toBe(first.body.scan_id);
  });

  it('bothers nobody with a code that is no ticket', () => {
    flow.submit('https://example.org/menu');
    server.expectNone(URL);
    expect(flow.view()?.tone).toBe('ask');
    expect(flow.submit('  ')).toBe(false);
  });

  it('uses the scan_id of an opened ticket as it is', () => {
    flow.submit('K7Q4MX', '3c8d1d2e-1111-4222-8333-444455556666');
    expect(request().body.scan_id).toBe('3c8d1d2e-1111-4222-8333-444455556666');
  });
});
