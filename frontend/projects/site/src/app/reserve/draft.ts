import { Injectable } from '@angular/core';
import { ReserveRequest } from '@azione/shared/api/generated/models/reserve-request';
import { newUuid } from '@azione/shared/api/new-uuid';
import { Problem, ProblemCode } from '@azione/shared/api/problem';

/** The form as the guest left it; the language is the page's and joins when it is sent. */
export interface DraftValues {
  readonly name: string;
  readonly email: string;
  readonly phone: string;
  readonly seats: number;
  readonly notes: string;
  readonly privacy_accepted: boolean;
}

/**
 * A form and its Idempotency-Key, in this tab's storage: a reload, Back or a crash lose neither.
 * With the same key the API makes at most one reservation, so all the care is in when to change it.
 */
export interface Draft {
  readonly key: string;
  readonly values: DraftValues;
  /** What was sent under this key, the last at the end: one of these may have made a reservation. */
  readonly sent: readonly ReserveRequest[];
  /** Something was sent under this key and nobody knows whether it made a reservation. */
  readonly inDoubt: boolean;
}

/**
 * The API gives these only after it has looked the key up: there is no reservation under it. A
 * `validation_failed` proves nothing about an earlier attempt, as it is given before that look.
 */
const SETTLES: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'capacity_exceeded',
  'performance_cancelled',
  'performance_closed',
  'performance_not_yet_open',
  'too_many_reservations',
]);

/**
 * Whether this very request may have made a reservation all the same. Only a refusal of the API's own
 * (4xx with a code of its list) proves that it has not: no answer at all, a proxy's page, and whatever
 * the server gave up on, `busy` included, may come after the commit.
 */
export function leavesOpen(problem: Problem): boolean {
  const isRefusal = problem.status >= 400 && problem.status < 500;
  return !isRefusal || problem.code === 'internal_error';
}

const EMPTY: DraftValues = {
  name: '',
  email: '',
  phone: '',
  seats: 1,
  notes: '',
  privacy_accepted: false,
};

@Injectable({ providedIn: 'root' })
export class DraftStore {
  // What storage did not take (forbidden, or full): it does not outlive a reload, but it is one key.
  private readonly memory = new Map<number, Draft>();

  /** The draft of a performance's form, begun if there is none. */
  open(performanceId: number, prefill: Partial<DraftValues> = {}): Draft {
    const kept = this.read(performanceId);
    if (kept !== null) {
      return kept;
    }
    return this.write(performanceId, fresh({ ...EMPTY, ...prefill }));
  }

  isInDoubt(performanceId: number): boolean {
    return this.read(performanceId)?.inDoubt ?? false;
  }

  keepValues(performanceId: number, values: DraftValues): void {
    this.write(performanceId, { ...this.open(performanceId), values });
  }

  /** Before each sending: gives the key to send under, and notes the attempt in case no answer comes. */
  beginAttempt(performanceId: number, body: ReserveRequest): Draft {
    const draft = this.open(performanceId);
    const others = draft.sent.filter((sent) => !sameBody(sent, body));
    const renew = others.length > 0 && !draft.inDoubt;
    const key = renew ? newUuid() : draft.key;
    const attempt = { ...draft, key, sent: renew ? [body] : [...others, body] };
    this.write(performanceId, { ...attempt, inDoubt: true });
    return attempt;
  }

  /** After a refusal. `before` is what beginAttempt gave: it knows of any older doubt. */
  refuse(performanceId: number, before: Draft, problem: Problem): Draft {
    const inDoubt = leavesOpen(problem) || (before.inDoubt && !SETTLES.has(problem.code));
    // A key that another body has used: the reservation came of one that was sent before.
    const sent = problem.code === 'idempotency_key_reused' ? before.sent.slice(0, -1) : before.sent;
    return this.write(performanceId, { ...this.open(performanceId), inDoubt, sent });
  }

  /** For another reservation beside the one that was made under the old key. */
  renewKey(performanceId: number): Draft {
    return this.write(performanceId, fresh(this.open(performanceId).values));
  }

  clear(performanceId: number): void {
    this.memory.delete(performanceId);
    try {
      sessionStorage.removeItem(storageKey(performanceId));
    } catch {
      // Nothing was kept there either.
    }
  }

  private read(performanceId: number): Draft | null {
    // First what storage did not take, as an older draft may still be lying there.
    const untaken = this.memory.get(performanceId);
    if (untaken) {
      return untaken;
    }
    try {
      return parseDraft(sessionStorage.getItem(storageKey(performanceId)));
    } catch {
      return null;
    }
  }

  private write(performanceId: number, draft: Draft): Draft {
    try {
      sessionStorage.setItem(storageKey(performanceId), JSON.stringify(draft));
      this.memory.delete(performanceId);
    } catch {
      this.memory.set(performanceId, draft);
    }
    return draft;
  }
}

function storageKey(performanceId: number): string {
  return `azione.draft.${String(performanceId)}`;
}

function fresh(values: DraftValues): Draft {
  return { key: newUuid(), values, sent: [], inDoubt: false };
}

function parseDraft(stored: string | null): Draft | null {
  if (stored === null) {
    return null;
  }
  try {
    const draft = JSON.parse(stored) as Partial<Draft>;
    return typeof draft.key === 'string' && draft.values && Array.isArray(draft.sent)
      ? (draft as Draft)
      : null;
  } catch {
    return null;
  }
}

/** Compared by content: the order in which a body was written down does not make it another one. */
function sameBody(one: ReserveRequest, other: ReserveRequest): boolean {
  const fields = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...fields].every(
    (field) => one[field as keyof ReserveRequest] === other[field as keyof ReserveRequest],
  );
}
