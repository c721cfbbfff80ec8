import { Problem, ProblemCode } from '@azione/shared/api/problem';

/** No answer in this time is no answer. The request itself is given up by its own time-out. */
export function withPatience<T>(answer: Promise<T>, milliseconds: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Problem({ code: 'network', status: 0 }));
    }, milliseconds);
    answer.then(resolve, reject).finally(() => {
      clearTimeout(timer);
    });
  });
}

/**
 * The server has spoken, if only to refuse. Anything else leaves open what became of the request; so
 * does the page of a hotel's Wi-Fi that forbids what it does not know: it carries no code of ours.
 */
export function isAnswer(problem: Problem): boolean {
  return problem.status >= 400 && problem.status < 500 && problem.code !== 'internal_error';
}

const FINAL: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'validation_failed',
  'idempotency_key_reused',
  'device_revoked',
  'device_expired',
  'permission_denied',
  'not_found',
]);

/**
 * After these there is nothing left for the phone to decide. A server that knows this phone no more,
 * since it was set up from an older backup, or that has had too many calls, leaves the door to it.
 */
export function isFinal(problem: Problem): boolean {
  return isAnswer(problem) && FINAL.has(problem.code);
}
