import { ReserveRequest } from '@azione/shared/api/generated/models/reserve-request';
import { FieldProblem } from '@azione/shared/api/problem';

/** What can be seen to be missing without asking; all else the API judges, with the same codes. */
export function missingFields(body: ReserveRequest): FieldProblem[] {
  const wrong: FieldProblem[] = [];
  if (body.name.trim() === '') {
    wrong.push({ field: 'name', code: 'blank', message: '' });
  }
  if (body.email.trim() === '') {
    wrong.push({ field: 'email', code: 'blank', message: '' });
  }
  if (!body.privacy_accepted) {
    wrong.push({ field: 'privacy_accepted', code: 'not_accepted', message: '' });
  }
  return wrong;
}
