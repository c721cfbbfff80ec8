import { CodeEnum } from './generated/models/code-enum';
import { FieldProblem } from './generated/models/field-problem';

export type { FieldProblem };

/**
 * The contract's closed list of codes, and `network`, which is ours: the request got no answer at
 * all, so nobody knows whether it was carried out.
 */
export type ProblemCode = CodeEnum | 'network';

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
