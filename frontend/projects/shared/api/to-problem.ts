import { HttpErrorResponse } from '@angular/common/http';
import { CODE_ENUM } from './generated/models/code-enum-array';
import { FieldProblem, Problem, ProblemCode } from './problem';

type Json = Readonly<Record<string, unknown>>;

const KNOWN_CODES: ReadonlySet<string> = new Set(CODE_ENUM);

/**
 * Turns anything a request can fail with into a `Problem`. Only a body that carries a code of the
 * closed list is believed; a proxy's HTML page, a cut-off body or an exception of our own is
 * `internal_error`, because the page can say nothing better about it.
 */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) {
    return error;
  }
  if (!(error instanceof HttpErrorResponse)) {
    return new Problem({ code: 'internal_error', status: 0 });
  }
  if (error.status === 0) {
    return new Problem({ code: 'network', status: 0 });
  }
  const body = parsedBody(error.error);
  if (body === null || !isKnownCode(body['code'])) {
    return new Problem({ code: 'internal_error', status: error.status });
  }
  return new Problem({
    code: body['code'],
    status: error.status,
    errors: fieldProblems(body['errors']),
    seatsLeft: wholeNumber(body['seats_left']),
    retryAfter: wholeNumber(body['retry_after']) ?? retryAfterHeader(error),
  });
}

/** A request for a blob (ticket, calendar) gets its error body as a blob too: read it first. */
export async function toProblemReadingBlob(error: unknown): Promise<Problem> {
  if (!(error instanceof HttpErrorResponse) || !(error.error instanceof Blob)) {
    return toProblem(error);
  }
  // A body that breaks off while it is read says no more than one that is not a problem.
  const text = await error.error.text().catch(() => '');
  return toProblem(
    new HttpErrorResponse({ error: text, status: error.status, headers: error.headers }),
  );
}

function parsedBody(body: unknown): Json | null {
  if (typeof body !== 'string') {
    return isJsonObject(body) ? body : null;
  }
  try {
    const parsed: unknown = JSON.parse(body);
    return isJsonObject(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

function isJsonObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isKnownCode(code: unknown): code is ProblemCode {
  return typeof code === 'string' && KNOWN_CODES.has(code);
}

function fieldProblems(errors: unknown): FieldProblem[] {
  return Array.isArray(errors) ? errors.filter(isFieldProblem) : [];
}

function isFieldProblem(value: unknown): value is FieldProblem {
  return (
    isJsonObject(value) &&
    typeof value['field'] === 'string' &&
    typeof value['code'] === 'string' &&
    typeof value['message'] === 'string'
  );
}

function wholeNumber(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : null;
}

function retryAfterHeader(error: HttpErrorResponse): number | null {
  const seconds = error.headers.get('Retry-After');
  return seconds !== null && /^\d+$/.test(seconds) ? Number(seconds) : null;
}
