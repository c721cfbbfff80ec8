import { DestroyRef, Injectable, LOCALE_ID, computed, inject, signal } from '@angular/core';
import { newUuid } from '@azione/shared/api/new-uuid';
import { toProblem } from '@azione/shared/api/to-problem';
import { AnswerView, ScanResult, presentResult } from './answer-view';
import { Attempt } from './attempt';
import { DeviceName } from './device-name';
import { DoorCode, ScannedCode, readScannedCode } from './scanned-code';
import { ScanGate } from './scan-gate';

export const SUCCESS_STAYS = 2500;
/** Longer than any answer takes; then the volunteer is told, and a later answer still counts. */
export const PATIENCE = 8000;
const LOG_LENGTH = 8;

interface Submission {
  readonly code: ScannedCode;
  readonly seats: number | null;
  readonly scanId: string;
}

export interface LoggedScan {
  readonly key: string;
  readonly at: Date;
  readonly view: AnswerView;
  readonly code: string;
  /** There while nobody knows how it ended: it can be asked again. */
  readonly unsettled: Attempt | null;
}

/**
 * From a code to an answer, one at a time and in the order they came. The page provides one for the
 * performance it is at; what decides is the gate.
 */
@Injectable()
export class ScanFlow {
  private readonly gate = inject(ScanGate);
  private readonly device = inject(DeviceName);
  private readonly locale = inject(LOCALE_ID);

  private readonly current = signal<Attempt | null>(null);
  private readonly shown = signal<AnswerView | null>(null);
  private readonly scans = signal<readonly LoggedScan[]>([]);
  private readonly queue = signal<readonly Submission[]>([]);
  private clearing: ReturnType<typeof setTimeout> | undefined;
  private impatience: ReturnType<typeof setTimeout> | undefined;

  readonly performanceId = signal<number | null>(null);
  readonly performanceCancelled = signal(false);
  readonly seats = signal<number | null>(null);
  readonly view = this.shown.asReadonly();
  readonly log = this.scans.asReadonly();
  readonly isAsking = computed(() => this.current() !== null && this.shown() === null);
  readonly waiting = computed(() => this.queue().length);
  /** Counts the answers; what depends on the counts at the door looks at it. */
  readonly settled = signal(0);

  constructor() {
    inject(DestroyRef).onDestroy(() => {
      this.stopTimers();
    });
  }

  /** Takes what was typed, scanned or opened. False when there was nothing in it. */
  submit(typed: string, scanId = newUuid()): boolean {
    const code = readScannedCode(typed);
    if (code.kind === 'empty') {
      return false;
    }
    const submission = { code, seats: this.seats(), scanId };
    this.seats.set(null);
    if (this.isAsking()) {
      // The answer on its way may be a refusal: it has to be seen before the next one begins.
      this.queue.update((queue) => [...queue, submission]);
    } else {
      this.begin(submission);
    }
    return true;
  }

  /** The same attempt again: whatever came of the first try, it counts once. */
  retry(attempt = this.current()): void {
    if (attempt !== null) {
      this.ask(attempt);
    }
  }

  admitRest(): void {
    const attempt = this.current();
    const seats = this.shown()?.admitRest ?? null;
    if (attempt !== null && seats !== null) {
      this.begin({ code: attempt.code, seats, scanId: newUuid() });
    }
  }

  dismiss(): void {
    this.stopTimers();
    this.shown.set(null);
    this.current.set(null);
    const [next, ...rest] = this.queue();
    if (next) {
      this.queue.set(rest);
      this.begin(next);
    }
  }

  private begin({ code, seats, scanId }: Submission): void {
    if (code.kind === 'ticket' || code.kind === 'reference') {
      this.ask(this.attempt(code, seats, scanId));
    } else if (code.kind !== 'empty') {
      this.stopTimers();
      this.current.set(null);
      this.show({ kind: 'notATicket', why: code.kind }, null, scanId);
    }
  }

  private attempt(code: DoorCode, seats: number | null, scanId: string): Attempt {
    const scannedAt = new Date().toISOString();
    return { scanId, code, seats, scannedAt, device: this.device.name() };
  }

  private ask(attempt: Attempt): void {
    const performanceId = this.performanceId();
    if (performanceId === null) {
      return;
    }
    this.stopTimers();
    this.shown.set(null);
    this.current.set(attempt);
    this.impatience = setTimeout(() => {
      this.settle(attempt, { kind: 'problem', problem: this.gate.noAnswer() });
    }, PATIENCE);
    this.gate.ask(performanceId, attempt).then(
      (answer) => {
        this.settle(attempt, { kind: 'answer', answer, asked: attempt.seats });
      },
      (error: unknown) => {
        this.settle(attempt, { kind: 'problem', problem: toProblem(error) });
      },
    );
  }

  private settle(attempt: Attempt, result: ScanResult): void {
    const isCurrent = this.current()?.scanId === attempt.scanId;
    const isUnsettled = result.kind === 'problem';
    if (!isCurrent) {
      // Another scan has the screen by now. An answer that came late is still the truth of the list.
      if (!isUnsettled) {
        this.write(attempt, this.present(result), null);
      }
      return;
    }
    if (isUnsettled && this.shown() !== null) {
      return; // told already
    }
    this.stopTimers();
    this.show(result, attempt, attempt.scanId);
  }

  private show(result: ScanResult, attempt: Attempt | null, key: string): void {
    const view = this.present(result);
    this.shown.set(view);
    this.write(attempt ?? key, view, result.kind === 'problem' ? attempt : null);
    if (view.tone === 'go') {
      this.clearing = setTimeout(
        () => {
          this.dismiss();
        },
        this.queue().length > 0 ? 0 : SUCCESS_STAYS,
      );
    }
  }

  private present(result: ScanResult): AnswerView {
    const context = { locale: this.locale, performanceCancelled: this.performanceCancelled() };
    return presentResult(result, context);
  }

  /** One line for each attempt; asking again rewrites it. */
  private write(of: Attempt | string, view: AnswerView, unsettled: Attempt | null): void {
    const key = typeof of === 'string' ? of : of.scanId;
    const code = typeof of !== 'string' && of.code.kind === 'reference' ? of.code.reference : '';
    const line = { key, at: new Date(), view, code, unsettled };
    this.scans.update((lines) =>
      [line, ...lines.filter((other) => other.key !== key)].slice(0, LOG_LENGTH),
    );
    this.settled.update((count) => count + 1);
  }

  private stopTimers(): void {
    clearTimeout(this.clearing);
    clearTimeout(this.impatience);
  }
}
