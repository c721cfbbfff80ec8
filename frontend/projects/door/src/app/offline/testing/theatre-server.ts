import {
  HttpBackend,
  HttpErrorResponse,
  HttpEvent,
  HttpHeaders,
  HttpRequest,
  HttpResponse,
} from '@angular/common/http';
import { DeviceSession as ApiDeviceSession } from '@azione/shared/api/generated/models/device-session';
import { Observable } from 'rxjs';
import { DoorList } from '../../door-list/door-list';
import { OfflineScan } from '../offline-scan';
import { ScanAnswer, ScanOutcome } from '../scan-answer';

type Call = HttpRequest<unknown>;

interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly etag?: string;
}

/** up; down: not to be reached; silent: does the work and says nothing, or too late; losing: does the work, and the answer is lost. */
export type ServerState = 'up' | 'down' | 'silent' | 'losing';

const OUTCOME: ScanOutcome = 'admitted';

/**
 * As much of the server as a phone sees: it writes scans down by their scan_id, in the order in which
 * they come, and can be out of reach in all the ways that a cellar has.
 */
export class TheatreServer implements HttpBackend {
  state: ServerState = 'up';
  clockOffsetMs = 0;
  /** An HTTP refusal for the next calls whose address contains `path`, and that come with this token where one is named. */
  refusal: { path: string; status: number; code: string; token?: string } | null = null;
  answer: Partial<ScanAnswer> = {};
  list: DoorList;
  session: ApiDeviceSession;

  readonly calls: Call[] = [];
  readonly scans = new Map<string, OfflineScan>();
  /** Every scan that came in, repetitions too. */
  readonly deliveries: OfflineScan[] = [];
  private readonly listeners: (() => void)[] = [];
  private readonly held: (() => void)[] = [];

  constructor(list: DoorList, session: ApiDeviceSession) {
    this.list = list;
    this.session = session;
  }

  /** Resolves once so many calls to addresses with `path` in them have come. */
  async heard(path: string, times = 1): Promise<Call> {
    for (;;) {
      const calls = this.callsTo(path);
      const call = calls[times - 1];
      if (call !== undefined) {
        return call;
      }
      await new Promise<void>((resolve) => this.listeners.push(resolve));
    }
  }

  /** What it kept silent about is answered now. */
  answerLate(): void {
    this.held.splice(0).forEach((answer) => {
      answer();
    });
  }

  callsTo(path: string): Call[] {
    return this.calls.filter(({ urlWithParams }) => urlWithParams.includes(path));
  }

  handle(request: Call): Observable<HttpEvent<unknown>> {
    return new Observable((subscriber) => {
      this.calls.push(request);
      const { state } = this;
      const reply = state === 'down' ? null : this.reply(request);
      const answer = () => {
        if (reply === null || state === 'losing') {
          subscriber.error(new HttpErrorResponse({ status: 0, url: request.url }));
        } else if (reply.status >= 300) {
          subscriber.error(new HttpErrorResponse({ status: reply.status, error: reply.body }));
        } else {
          subscriber.next(new HttpResponse({ ...reply, headers: this.headers(reply) }));
          subscriber.complete();
        }
      };
      if (state === 'silent') {
        this.held.push(answer);
      } else {
        queueMicrotask(answer);
      }
      this.listeners.splice(0).forEach((listener) => {
        listener();
      });
    });
  }

  private headers({ etag }: Reply): HttpHeaders {
    const time = String(Date.now() + this.clockOffsetMs);
    return new HttpHeaders({ 'Azione-Time': time, ...(etag === undefined ? {} : { ETag: etag }) });
  }

  private reply(request: Call): Reply {
    const { refusal } = this;
    if (refusal !== null && isMeant(request, refusal)) {
      return { status: refusal.status, body: { code: refusal.code } };
    }
    if (request.url.endsWith('/scans/batch/')) {
      const { scans } = request.body as { scans: OfflineScan[] };
      return { status: 200, body: { answers: scans.map((scan) => this.write(scan)) } };
    }
    if (request.url.endsWith('/scans/')) {
      return { status: 200, body: this.write(request.body as OfflineScan) };
    }
    if (request.url.endsWith('/list/')) {
      const etag = JSON.stringify(this.list);
      return request.headers.get('If-None-Match') === etag
        ? { status: 304, body: null }
        : { status: 200, body: this.list, etag };
    }
    const isPairing = request.method === 'POST';
    const body = { ...this.session, token: isPairing ? this.session.token : null };
    return request.method === 'DELETE' ? { status: 204, body: null } : { status: 200, body };
  }

  private write(scan: OfflineScan): ScanAnswer {
    this.deliveries.push(scan);
    const before = this.scans.get(scan.scan_id);
    if (before === undefined) {
      this.scans.set(scan.scan_id, scan);
    }
    return {
      outcome: before === undefined ? OUTCOME : 'replay',
      replayed_outcome: before === undefined ? null : OUTCOME,
      scan_id: scan.scan_id,
      kind: scan.kind,
      seats_admitted: scan.seats_admitted,
      reservation: null,
      first_admitted_at: null,
      first_device: null,
      seats_left: null,
      conflict: null,
      ...this.answer,
    };
  }
}

function isMeant(
  { url, headers }: Call,
  { path, token }: { path: string; token?: string },
): boolean {
  const isToken = token === undefined || headers.get('Authorization') === `Door ${token}`;
  return isToken && url.includes(path);
}
