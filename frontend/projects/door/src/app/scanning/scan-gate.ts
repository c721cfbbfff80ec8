import { Injectable, inject } from '@angular/core';
import { Api } from '@azione/shared/api/generated/api';
import { scan } from '@azione/shared/api/generated/fn/door/scan';
import { Problem } from '@azione/shared/api/problem';
import { withTimeout } from '@azione/shared/api/timeout';
import { toProblem } from '@azione/shared/api/to-problem';
import { DeviceSessions } from '../device/device-session';
import { withLock } from '../device/locks';
import { ServerClock } from '../device/server-clock';
import { DoorLists } from '../door-list/door-lists';
import { Link } from '../offline/link';
import { LocalDoor } from '../offline/local-door';
import { Outbox } from '../offline/outbox';
import { isFinal, withPatience } from '../offline/patience';
import { GateAnswer } from '../offline/scan-answer';
import { Attempt, DeviceStamp, scanRequest } from './attempt';
import { onTheatreClock } from './theatre-clock';

/** Without a list nobody else can decide: better a late answer than none. */
const UNHURRIED = 30_000;

/**
 * Who decides an attempt: the server, if it answers in two seconds; else this phone, from its list.
 * What the phone has decided stands, whatever the server says later: people have gone in by it.
 */
@Injectable({ providedIn: 'root' })
export class ScanGate {
  private readonly api = inject(Api);
  private readonly sessions = inject(DeviceSessions);
  private readonly clock = inject(ServerClock);
  private readonly lists = inject(DoorLists);
  private readonly outbox = inject(Outbox);
  private readonly link = inject(Link);
  private readonly local = inject(LocalDoor);

  /** Rejects with a `Problem` when nobody could decide: then the same attempt can be asked again. */
  async ask(performanceId: number, attempt: Attempt): Promise<GateAnswer> {
    if (!this.local.canDecide(performanceId)) {
      return this.askServer(performanceId, attempt, await this.stamp(performanceId));
    }
    // One scan at a time in all tabs: so they arrive in the order of their numbers, and nothing is
    // decided on what another scan is just changing.
    return withLock('scans', () => this.askEither(performanceId, attempt));
  }

  noAnswer(): Problem {
    return new Problem({ code: 'network', status: 0 });
  }

  private async askEither(performanceId: number, attempt: Attempt): Promise<GateAnswer> {
    const before = await this.local.answered(attempt);
    if (before !== null) {
      return this.onTheatreClock(before);
    }
    const sequence = await this.outbox.nextSequence().catch(() => null);
    if (sequence === null) {
      // A full memory keeps nothing: the server alone can decide then, and it may.
      return this.askServer(performanceId, attempt, null);
    }
    if (this.link.state() === 'online' && (await this.outbox.isEmpty())) {
      const answer = await this.askWithPatience(performanceId, attempt, sequence);
      if (answer !== null) {
        return answer;
      }
    }
    return this.onTheatreClock(await this.local.decide(attempt, sequence));
  }

  /** Null when no answer came, or none to go by: then the phone decides. A final refusal is thrown. */
  private async askWithPatience(
    performanceId: number,
    attempt: Attempt,
    sequence: number,
  ): Promise<GateAnswer | null> {
    const patience = this.link.takePatience();
    try {
      const stamp = { sequence, clockOffsetMs: this.clock.offsetMs() };
      const answer = await withPatience(
        this.askServer(performanceId, attempt, stamp, patience),
        patience,
      );
      // It stands on the server; that the phone could not write it down as well is no reason to wait.
      await this.local.remember(attempt, sequence, answer).catch(() => undefined);
      this.lists.refreshSoon();
      return answer;
    } catch (error) {
      const problem = toProblem(error);
      if (isFinal(problem)) {
        throw problem;
      }
      this.link.lost();
      return null;
    }
  }

  private async askServer(
    performanceId: number,
    attempt: Attempt,
    stamp: DeviceStamp | null,
    timeout = UNHURRIED,
  ): Promise<GateAnswer> {
    const answer = await this.api.invoke(
      scan,
      { performance_id: performanceId, body: scanRequest(attempt, stamp) },
      withTimeout(timeout),
    );
    if (!isScanAnswer(answer)) {
      // A page of the house's Wi-Fi, say, that came with a 200.
      throw new Problem({ code: 'internal_error', status: 200 });
    }
    return { ...answer, decidedBy: 'server' };
  }

  private async stamp(performanceId: number): Promise<DeviceStamp | null> {
    if (this.sessions.current()?.performance.id !== performanceId) {
      return null;
    }
    return {
      sequence: await this.outbox.nextSequence(),
      clockOffsetMs: this.clock.offsetMs(),
    };
  }

  /** The list's times have the foyer's offset, and so must those that this phone adds. */
  private onTheatreClock(answer: GateAnswer): GateAnswer {
    const at = answer.first_admitted_at;
    const written = this.lists.list()?.performance.starts_at;
    return at === null || written === undefined
      ? answer
      : { ...answer, first_admitted_at: onTheatreClock(new Date(at), written) };
  }
}

function isScanAnswer(answer: unknown): boolean {
  return typeof (answer as { outcome?: unknown } | null)?.outcome === 'string';
}
