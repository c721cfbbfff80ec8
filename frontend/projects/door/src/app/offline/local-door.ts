import { Injectable, inject } from '@angular/core';
import { Problem } from '@azione/shared/api/problem';
import { DeviceSessions } from '../device/device-session';
import { ServerClock } from '../device/server-clock';
import { Vault } from '../device/vault';
import { ticketDigest } from '../door-list/door-code';
import { ListedReservation } from '../door-list/door-list';
import { DoorLists } from '../door-list/door-lists';
import { Attempt } from './attempt';
import { Decision } from './decide';
import {
  Judgement,
  Known,
  judgeTicket,
  judgeUndo,
  judgeWalkIn,
  ticketEffect,
  undoEffect,
} from './judge';
import { admittedOf } from './knowledge';
import { LearnedSections } from './learned';
import { localAnswer, replayAnswer } from './local-answer';
import { OfflineScan, ScanEffect } from './offline-scan';
import { Outbox } from './outbox';
import { phoneTime } from './phone-time';
import { GateAnswer, ScanAnswer } from './scan-answer';

const REASON_MAX = 200;
const MOST_SEATS = 1000;

/** The door as this phone can keep it alone: decides from the list, and writes down before it answers. */
@Injectable({ providedIn: 'root' })
export class LocalDoor {
  private readonly sessions = inject(DeviceSessions);
  private readonly lists = inject(DoorLists);
  private readonly learned = inject(LearnedSections);
  private readonly outbox = inject(Outbox);
  private readonly vault = inject(Vault);
  private readonly clock = inject(ServerClock);

  /** With a list of that performance, and a place where scans outlive the page. */
  canDecide(performanceId: number): boolean {
    return this.vault.isAvailable() && this.lists.list()?.performance.id === performanceId;
  }

  /** The answer that this very attempt has had already, if it has. */
  async answered(attempt: Attempt): Promise<GateAnswer | null> {
    const known = await this.known();
    const record = known.own.records.find(({ scan }) => scan.scan_id === attempt.scanId);
    if (record === undefined) {
      return null;
    }
    return replayAnswer(record, known);
  }

  /** Rejects, as the server does, what no record can be made of: it would never be delivered. */
  async decide(attempt: Attempt, sequence: number): Promise<GateAnswer> {
    if (!isComplete(attempt)) {
      throw new Problem({ code: 'validation_failed', status: 400 });
    }
    const known = await this.known();
    const judgement = await this.judge(attempt, known);
    const scan = await this.scanOf(attempt, sequence, judgement.decision);
    const { effect } = judgement;
    await this.outbox.add({ scan, decidedBy: 'device', effect, answer: null });
    return localAnswer(scan, judgement, known);
  }

  /** The server decided at once. Its answer counts here, too, until the next list brings it. */
  async remember(attempt: Attempt, sequence: number, answer: ScanAnswer): Promise<void> {
    if (answer.outcome === 'replay' || answer.outcome === 'conflict') {
      return; // written down under the number of its first time
    }
    const known = await this.known();
    const effect = this.effectOf(attempt, answer, known);
    const { outcome, seats_admitted: seatsAdmitted } = answer;
    const scan = await this.scanOf(attempt, sequence, { outcome, seatsAdmitted, override: false });
    await this.outbox.remember({ scan, decidedBy: 'server', effect, answer });
  }

  private async known(): Promise<Known> {
    const session = this.sessions.current();
    const list = this.lists.list();
    if (session === null || list === null) {
      throw new Error('There is no list to decide from.');
    }
    return {
      list,
      own: { device: session.device.number, records: await this.outbox.records() },
      learned: this.learned.sections(),
      canManage: session.canManage,
      walkInAllowance: session.walkInAllowance,
    };
  }

  private async judge(attempt: Attempt, known: Known): Promise<Judgement> {
    switch (attempt.kind) {
      case 'ticket':
        return judgeTicket(attempt, await this.rowOf(attempt), known);
      case 'walk_in':
        return judgeWalkIn(attempt, known);
      case 'undo':
        return judgeUndo(attempt, known);
    }
  }

  private async rowOf({ code }: Attempt): Promise<ListedReservation | null> {
    return code === null ? null : this.lists.find(code);
  }

  private effectOf(attempt: Attempt, answer: ScanAnswer, known: Known): ScanEffect | null {
    const { list, own, learned } = known;
    if (answer.outcome === 'undone') {
      return undoEffect(attempt.undoes, list, own);
    }
    if (answer.outcome !== 'admitted') {
      return null;
    }
    const seats = answer.seats_admitted;
    if (attempt.kind === 'walk_in') {
      return { device: own.device, slot: null, seats: 0, walkIns: seats };
    }
    const row = list.reservations.find(
      ({ reference }) => reference === answer.reservation?.reference,
    );
    if (row === undefined) {
      return null;
    }
    // Only with a manager's reason can there have been more than the party.
    const inside = attempt.reason === '' ? 0 : admittedOf(row, list, own, learned).admitted;
    return ticketEffect(row, inside, seats, own.device);
  }

  private async scanOf(
    attempt: Attempt,
    sequence: number,
    decision: Decision,
  ): Promise<OfflineScan> {
    const { code, undoes } = attempt;
    const reason = attempt.reason.trim().slice(0, REASON_MAX);
    return {
      scan_id: attempt.scanId,
      kind: attempt.kind,
      ...(code?.kind === 'ticket' ? { ticket_digest: await ticketDigest(code.ticket) } : {}),
      ...(code?.kind === 'reference' ? { reference: code.reference } : {}),
      seats: attempt.seats,
      outcome: decision.outcome,
      seats_admitted: decision.seatsAdmitted,
      ...(reason === '' ? {} : { reason }),
      ...(undoes === null ? {} : { undoes }),
      ...(decision.override ? { override: true } : {}),
      ...phoneTime(attempt.scannedAt, this.clock.offsetMs()),
      sequence,
    };
  }
}

function isComplete({ kind, code, seats, reason, undoes }: Attempt): boolean {
  const hasSeats = seats === null || (seats >= 1 && seats <= MOST_SEATS);
  switch (kind) {
    case 'ticket':
      return hasSeats && code !== null;
    case 'walk_in':
      return hasSeats && seats !== null;
    case 'undo':
      return undoes !== null && reason.trim() !== '';
  }
}
