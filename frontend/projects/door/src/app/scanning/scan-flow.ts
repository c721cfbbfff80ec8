import { DestroyRef, Injectable, LOCALE_ID, computed, inject, signal } from '@angular/core';
import { newUuid } from '@azione/shared/api/new-uuid';
import { toProblem } from '@azione/shared/api/to-problem';
import { DeviceSessions } from '../device/device-session';
import { DoorCode } from '../door-list/door-code';
import { Attempt } from './attempt';
import { AnswerView, ScanResult, notATicketWords, presentResult } from './answer-view';
import { JustAdmitted } from './just-admitted';
import { Notice } from './notice';
import { Party, seatsOutside } from './party';
import { DoorState } from './door-state';
import { ScanGate } from './scan-gate';
import { ScanJournal, UndoTarget } from './scan-journal';
import { ScannedCode, readScannedCode } from './scanned-code';

export const SUCCESS_STAYS = 1500;
/** As long as an eye needs for it, and its sound for a silence after it; the next code waits so long. */
export const SUCCESS_SEEN = 600;
export const NOTICE_STAYS = 4000;
/** Longer than any answer takes; then the volunteer is told, and a later answer still counts. */
export const PATIENCE = 8000;

/** keys: fingers and scanners that are keyboards; link: a ticket's link that was opened. */
export type ScanSource = 'keys' | 'camera' | 'link';

interface Submission {
  readonly code: ScannedCode;
  readonly seats: number | null;
  readonly scanId: string;
  readonly source: ScanSource;
}

/** "4 seats, 1 already in": how many come in now is for the volunteer to say. */
export interface PartyQuestion {
  readonly attempt: Attempt;
  readonly party: Party;
  readonly left: number;
}

/**
 * From a code to an answer, one at a time and in the order they came. The page provides one for the
 * performance it is at; what decides is the gate.
 */
@Injectable()
export class ScanFlow {
  private readonly gate = inject(ScanGate);
  private readonly door = inject(DoorState);
  private readonly justAdmitted = inject(JustAdmitted);
  private readonly sessions = inject(DeviceSessions);
  private readonly locale = inject(LOCALE_ID);
  private readonly journal = new ScanJournal();

  private readonly current = signal<Attempt | null>(null);
  private readonly shown = signal<AnswerView | null>(null);
  private readonly asked = signal<PartyQuestion | null>(null);
  private readonly told = signal<Notice | null>(null);
  private readonly queue = signal<readonly Submission[]>([]);
  /** A success has just come: too soon to take it away for the next code. */
  private isFresh = false;
  private clearing: ReturnType<typeof setTimeout> | undefined;
  private impatience: ReturnType<typeof setTimeout> | undefined;
  private hushing: ReturnType<typeof setTimeout> | undefined;

  readonly performanceId = signal<number | null>(null);
  readonly performanceCancelled = signal(false);
  readonly seats = signal<number | null>(null);
  /** Whole parties go in without a question. */
  readonly allAtOnce = signal(false);
  readonly view = this.shown.asReadonly();
  readonly question = this.asked.asReadonly();
  readonly notice = this.told.asReadonly();
  readonly log = this.journal.scans;
  readonly isAsking = computed(
    () => this.current() !== null && this.shown() === null && this.asked() === null,
  );
  /** Something has to be read or chosen before the camera may bring the next one. */
  readonly needsAttention = computed(
    () => this.asked() !== null || (this.shown()?.tone ?? 'go') !== 'go',
  );
  readonly waiting = computed(() => this.queue().length);
  /** Counts the answers; what depends on the counts at the door looks at it. */
  readonly settled = signal(0);

  constructor() {
    inject(DestroyRef).onDestroy(() => {
      this.stopTimers();
      clearTimeout(this.hushing);
    });
  }

  /** Takes what was typed, scanned or opened. False when there was nothing in it. */
  submit(typed: string, source: ScanSource = 'keys', scanId = newUuid()): boolean {
    const code = readScannedCode(typed);
    if (code.kind === 'empty') {
      return false;
    }
    if (source === 'camera' && (this.isNoTicket(code) || this.isBeingDealtWith(code))) {
      return true;
    }
    const submission = { code, seats: this.seats(), scanId, source };
    this.seats.set(null);
    if (this.mustWait(source)) {
      // What is on the screen, or on its way to it, has to be seen before the next one begins.
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

  /** So many of the party that the question was about. */
  admit(seats: number): void {
    const question = this.asked();
    if (question !== null) {
      this.ask({ ...question.attempt, seats, scannedAt: new Date().toISOString() });
    }
  }

  admitRest(): void {
    this.again(this.shown()?.admitRest ?? null, '');
  }

  /** More than the party, by a manager who says why. */
  admitAnyway(seats: number, reason: string): void {
    this.again(seats, reason);
  }

  admitWalkIns(seats: number, reason: string): void {
    this.askNew({ kind: 'walk_in', seats, reason });
  }

  undo(target: UndoTarget, reason: string): void {
    this.askNew({ kind: 'undo', undoes: target.scanId, reason });
  }

  dismiss(): void {
    this.stopTimers();
    this.clearScreen();
    this.current.set(null);
    const [next, ...rest] = this.queue();
    if (next) {
      this.queue.set(rest);
      this.begin(next);
    }
  }

  private mustWait(source: ScanSource): boolean {
    const isNew = this.isAsking() || this.isFresh;
    return isNew || this.asked() !== null || (source === 'camera' && this.needsAttention());
  }

  /** A menu or a poster that came before the camera: said in passing. */
  private isNoTicket(code: ScannedCode): boolean {
    if (code.kind === 'ticket' || code.kind === 'reference' || code.kind === 'empty') {
      return false;
    }
    const { icon, title, next } = notATicketWords(code.kind);
    this.tell({ icon, title, text: next });
    return true;
  }

  /** The camera sees many times what is held in front of it. */
  private isBeingDealtWith(code: ScannedCode): boolean {
    const known = [this.current()?.code, ...this.queue().map((waiting) => waiting.code)];
    const isSuccess = this.shown()?.tone === 'go';
    return known.some((other, index) => sameCode(other, code) && !(index === 0 && isSuccess));
  }

  private begin({ code, seats, scanId, source }: Submission): void {
    if (code.kind !== 'ticket' && code.kind !== 'reference') {
      this.stopTimers();
      this.clearScreen();
      this.current.set(null);
      if (code.kind !== 'empty') {
        this.show({ kind: 'notATicket', why: code.kind }, null, scanId);
      }
    } else if (seats === null && source !== 'link' && this.justAdmitted.has(code)) {
      this.tell(SAME_ADMISSION());
      this.dismissUnlessShown();
    } else {
      const attempt = this.attempt({ code, seats, scanId });
      if (seats === null && !this.allAtOnce()) {
        void this.askHowMany(attempt, code);
      } else {
        this.ask(attempt);
      }
    }
  }

  /** One who is alone goes in at once; of a party somebody has to say how many there are. */
  private async askHowMany(attempt: Attempt, code: DoorCode): Promise<void> {
    this.stopTimers();
    this.clearScreen();
    this.current.set(attempt);
    const party = await this.door.party(code).catch(() => null);
    if (this.current() !== attempt) {
      return; // another scan has the screen by now
    }
    const left = party === null ? 0 : seatsOutside(party);
    if (party !== null && left > 1 && !this.performanceCancelled()) {
      this.hush();
      this.asked.set({ attempt, party, left });
    } else {
      this.ask(attempt);
    }
  }

  private again(seats: number | null, reason: string): void {
    const code = this.current()?.code ?? null;
    if (code !== null && seats !== null) {
      this.askNew({ code, seats, reason });
    }
  }

  private askNew(of: Partial<Attempt>): void {
    this.ask(this.attempt({ scanId: newUuid(), ...of }));
  }

  private attempt(of: Partial<Attempt> & { scanId: string }): Attempt {
    return {
      kind: 'ticket',
      code: null,
      seats: null,
      reason: '',
      undoes: null,
      scannedAt: new Date().toISOString(),
      device: this.sessions.current()?.device.name ?? '',
      ...of,
    };
  }

  private ask(attempt: Attempt): void {
    const performanceId = this.performanceId();
    if (performanceId === null) {
      return;
    }
    this.stopTimers();
    this.clearScreen();
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
    const isUnsettled = result.kind === 'problem';
    this.remember(attempt, result);
    if (this.current()?.scanId !== attempt.scanId) {
      // Another scan has the screen by now. An answer that came late is still the truth of the list.
      if (!isUnsettled) {
        this.write(attempt, result, this.present(result));
      }
      return;
    }
    if (isUnsettled && this.shown() !== null) {
      return; // told already
    }
    this.stopTimers();
    this.show(result, attempt, attempt.scanId);
  }

  private remember(attempt: Attempt, result: ScanResult): void {
    if (result.kind !== 'answer') {
      return;
    }
    const { outcome, replayed_outcome: replayed } = result.answer;
    const settled = outcome === 'replay' ? replayed : outcome;
    if (settled === 'admitted' && attempt.code !== null) {
      this.justAdmitted.remember(attempt.code);
    } else if (settled === 'undone' && attempt.undoes !== null) {
      this.justAdmitted.clear();
      this.journal.undone(attempt.undoes);
    }
  }

  private show(result: ScanResult, attempt: Attempt | null, key: string): void {
    const view = this.present(result);
    this.hush();
    this.shown.set(view);
    this.write(attempt ?? key, result, view);
    if (view.tone === 'go') {
      this.showSuccess();
    }
  }

  /** It goes by itself, and sooner when somebody waits. */
  private showSuccess(): void {
    const end = () => {
      this.dismiss();
    };
    this.isFresh = true;
    this.clearing = setTimeout(() => {
      this.isFresh = false;
      if (this.queue().length > 0) {
        end();
      } else {
        this.clearing = setTimeout(end, SUCCESS_STAYS - SUCCESS_SEEN);
      }
    }, SUCCESS_SEEN);
  }

  private present(result: ScanResult): AnswerView {
    return presentResult(result, {
      locale: this.locale,
      performanceCancelled: this.performanceCancelled(),
      canManage: this.sessions.current()?.canManage ?? false,
    });
  }

  private write(of: Attempt | string, result: ScanResult, view: AnswerView): void {
    const [key, attempt] = typeof of === 'string' ? [of, null] : [of.scanId, of];
    const code = attempt?.code?.kind === 'reference' ? attempt.code.reference : '';
    this.journal.write({
      key,
      at: new Date(),
      view,
      code,
      unsettled: result.kind === 'problem' ? attempt : null,
      undo: undoTarget(result),
    });
    this.settled.update((count) => count + 1);
  }

  private tell(notice: Notice): void {
    clearTimeout(this.hushing);
    this.told.set(notice);
    this.hushing = setTimeout(() => {
      this.told.set(null);
    }, NOTICE_STAYS);
  }

  private dismissUnlessShown(): void {
    if (this.shown() === null) {
      this.dismiss();
    }
  }

  private clearScreen(): void {
    this.shown.set(null);
    this.asked.set(null);
  }

  /** An answer is more than a word in passing, and must not be read through one. */
  private hush(): void {
    clearTimeout(this.hushing);
    this.told.set(null);
  }

  private stopTimers(): void {
    this.isFresh = false;
    clearTimeout(this.clearing);
    clearTimeout(this.impatience);
  }
}

const SAME_ADMISSION = (): Notice => ({
  icon: 'check',
  title: $localize`:@@door.notice.same.title:Già letto: stesso ingresso`,
  text: $localize`:@@door.notice.same.text:È passato adesso da qui, e vale una volta sola.`,
});

function sameCode(one: ScannedCode | null | undefined, other: ScannedCode): boolean {
  return (
    (one?.kind === 'ticket' && other.kind === 'ticket' && one.ticket === other.ticket) ||
    (one?.kind === 'reference' && other.kind === 'reference' && one.reference === other.reference)
  );
}

function undoTarget(result: ScanResult): UndoTarget | null {
  if (result.kind !== 'answer') {
    return null;
  }
  const {
    outcome,
    replayed_outcome: replayed,
    scan_id,
    reservation,
    seats_admitted,
  } = result.answer;
  const isAdmission = outcome === 'admitted' || (outcome === 'replay' && replayed === 'admitted');
  return isAdmission && seats_admitted > 0
    ? {
        scanId: scan_id,
        name: reservation?.name ?? null,
        reference: reservation?.reference ?? null,
        seats: seats_admitted,
      }
    : null;
}
