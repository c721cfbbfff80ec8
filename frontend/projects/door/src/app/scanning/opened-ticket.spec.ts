import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { Component, LOCALE_ID, inject } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { Router, provideRouter } from '@angular/router';
import { RouterTestingHarness } from '@angular/router/testing';
import { doorInterceptor } from '@azione/shared/api/door-interceptor';
import { ScanRequest } from '@azione/shared/api/generated/models/scan-request';
import { provideApi } from '@azione/shared/api/provide-api';
import { provideDoor } from '../offline/provide-door';
import { DoorState } from './door-state';
import { OpenedTicket } from './opened-ticket';
import { ScanFlow } from './scan-flow';

const TICKET = 'ABCDEFGHIJKLMNOPQRSTUVWXYA';
const OTHER = 'ZYXWVUTSRQPONMLKJIHGFEDCBA';
const SCANS = '/api/v1/door/performances/7/scans/';

@Component({ template: '', providers: [DoorState, OpenedTicket, ScanFlow] })
class Desk {
  readonly flow = inject(ScanFlow);
  readonly opened = inject(OpenedTicket);

  constructor() {
    this.flow.performanceId.set(7);
  }
}

describe('OpenedTicket', () => {
  let desk: Desk;

  beforeEach(() => {
    sessionStorage.clear();
    // A phone that can keep nothing: the server decides.
    vi.stubGlobal('indexedDB', undefined);
    Reflect.deleteProperty(globalThis, 'indexedDB');
  });

  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
  });

  /** The page at the link, as after a reload: with nothing but what the browser keeps. */
  async function open(fragment: string): Promise<void> {
    TestBed.resetTestingModule();
    TestBed.configureTestingModule({
      providers: [
        provideApi(doorInterceptor),
        provideDoor(),
        provideHttpClientTesting(),
        provideRouter([{ path: 'door', component: Desk }]),
        { provide: LOCALE_ID, useValue: 'it' },
      ],
    });
    const harness = await RouterTestingHarness.create();
    desk = await harness.navigateByUrl(`/door#${fragment}`, Desk);
  }

  const server = () => TestBed.inject(HttpTestingController);

  async function asked(): Promise<ScanRequest> {
    const call = await vi.waitFor(() => server().expectOne(SCANS));
    const body = call.request.body as ScanRequest;
    call.error(new ProgressEvent('error'));
    await vi.waitFor(() => {
      expect(desk.flow.view()?.tone).toBe('lost');
    });
    return body;
  }

  function kept(): string {
    return JSON.stringify([
      Object.entries(sessionStorage),
      Object.entries(localStorage),
    ]).toUpperCase();
  }

  it('scans the ticket, and keeps nothing that opens a door', async () => {
    await open(TICKET);
    expect((await asked()).ticket).toBe(TICKET);
    expect(kept()).not.toContain(TICKET);
  });

  it('asks the same thing again after a reload, and another thing for another ticket', async () => {
    await open(TICKET);
    const first = await asked();
    await open(TICKET);
    expect((await asked()).scan_id).toBe(first.scan_id);
    await open(OTHER);
    const other = await asked();
    expect(other.ticket).toBe(OTHER);
    expect(other.scan_id).not.toBe(first.scan_id);
  });

  it('is over when its answer was seen', async () => {
    await open(TICKET);
    const first = await asked();
    desk.flow.dismiss();
    await vi.waitFor(() => {
      expect(TestBed.inject(Router).url).toBe('/door');
    });
    await open(TICKET);
    expect((await asked()).scan_id).not.toBe(first.scan_id);
  });

  it('gives way to what is scanned by hand meanwhile', async () => {
    let digested: (digest: ArrayBuffer) => void = () => undefined;
    const digest = new Promise<ArrayBuffer>((resolve) => (digested = resolve));
    vi.spyOn(crypto.subtle, 'digest').mockReturnValue(digest);
    await open(TICKET);
    desk.opened.forget();
    desk.flow.submit('K7Q4MX');
    digested(new ArrayBuffer(32));
    expect((await asked()).reference).toBe('K7Q4MX');
    expect(desk.flow.waiting()).toBe(0);
  });

  it('scans it where the browser can make no digest, and keeps nothing', async () => {
    vi.stubGlobal('crypto', { getRandomValues: crypto.getRandomValues.bind(crypto) });
    await open(TICKET);
    expect((await asked()).ticket).toBe(TICKET);
    expect(sessionStorage).toHaveLength(0);
  });
});
