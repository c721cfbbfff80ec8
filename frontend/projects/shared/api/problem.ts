/** The closed list of codes the API answers with; the backend's own list is the other half of it. */
export const API_PROBLEM_CODES = [
  'validation_failed',
  'malformed_request',
  'sign_in_failed',
  'not_authenticated',
  'permission_denied',
  'not_found',
  'token_invalid',
  'method_not_allowed',
  'not_acceptable',
  'capacity_exceeded',
  'performance_closed',
  'performance_not_yet_open',
  'performance_cancelled',
  'performance_started',
  'too_many_reservations',
  'reservation_cancelled',
  'reservation_not_confirmed',
  'payload_too_large',
  'unsupported_media_type',
  'idempotency_key_reused',
  'too_many_requests',
  'internal_error',
  'busy',
  'email_unavailable',
] as const;

/** `network` is ours: the request got no answer at all, so nobody knows whether it was carried out. */
export type ProblemCode = (typeof API_PROBLEM_CODES)[number] | 'network';

export interface FieldProblem {
  readonly field: string;
  readonly code: string;
  readonly message: string;
}

export interface ProblemDetails {
  readonly code: ProblemCode;
  /** The HTTP status; 0 when there was no answer. */
  readonly status: number;
  readonly errors?: readonly FieldProblem[];
  readonly seatsLeft?: number | null;
  /** Seconds. */
  readonly retryAfter?: number | null;
}

/** What every failed API call rejects with, whatever went wrong underneath. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly status: number;
  readonly errors: readonly FieldProblem[];
  readonly seatsLeft: number | null;
  readonly retryAfter: number | null;

  constructor(details: ProblemDetails) {
    super(`${details.code} (${String(details.status)})`);
    this.name = 'Problem';
    this.code = details.code;
    this.status = details.status;
    this.errors = details.errors ?? [];
    this.seatsLeft = details.seatsLeft ?? null;
    this.retryAfter = details.retryAfter ?? null;
  }

  /** The first problem the API found with one field of the form. */
  forField(field: string): FieldProblem | undefined {
    return this.errors.find((error) => error.field === field);
  }
}
