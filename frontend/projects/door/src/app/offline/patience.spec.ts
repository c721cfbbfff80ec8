import { HttpErrorResponse } from '@angular/common/http';
import { toProblem } from '@azione/shared/api/to-problem';
import { isAnswer } from './patience';

describe('isAnswer', () => {
  const answered = (status: number, error: unknown) =>
    isAnswer(toProblem(new HttpErrorResponse({ status, error })));

  it('is a refusal in the server’s own words', () => {
    expect(answered(403, { code: 'permission_denied' })).toBe(true);
    expect(answered(422, { code: 'idempotency_key_reused' })).toBe(true);
  });

  it('is no page that stands in the way, nor a server that fails, nor silence', () => {
    expect(answered(403, '<html>Accept our terms</html>')).toBe(false);
    expect(answered(404, null)).toBe(false);
    expect(answered(200, '<html>Welcome</html>')).toBe(false);
    expect(answered(503, { code: 'busy' })).toBe(false);
    expect(answered(504, null)).toBe(false);
    expect(answered(0, null)).toBe(false);
  });
});
