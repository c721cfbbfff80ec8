import { CODE_ENUM } from './generated/models/code-enum-array';
import { Problem } from './problem';
import { fieldMessage, problemMessage } from './problem-message';

describe('problemMessage', () => {
  it('has words of its own for every code', () => {
    const messages = [...CODE_ENUM, 'network' as const].map((code) =>
      problemMessage(new Problem({ code, status: 400 })),
    );
    expect(new Set(messages).size).toBe(messages.length);
    expect(messages.every((message) => message.endsWith('.'))).toBe(true);
  });

  it('says how many seats are left', () => {
    const message = (seatsLeft: number) =>
      problemMessage(new Problem({ code: 'capacity_exceeded', status: 409, seatsLeft }));
    expect(message(0)).toContain('finiti');
    expect(message(1)).toContain('un solo posto');
    expect(message(3)).toContain('solo 3 posti');
  });

  it('says how long to wait, in minutes when it is long', () => {
    const message = (retryAfter: number) =>
      problemMessage(new Problem({ code: 'too_many_requests', status: 429, retryAfter }));
    expect(message(30)).toContain('tra 30 secondi');
    expect(message(601)).toContain('tra 11 minuti');
  });
});

describe('fieldMessage', () => {
  it('speaks of the address when the e-mail is not one', () => {
    expect(fieldMessage({ field: 'email', code: 'invalid', message: '' })).toContain('e-mail');
    expect(fieldMessage({ field: 'name', code: 'invalid', message: '' })).not.toContain('e-mail');
  });

  it.each(['news', 'constructor', '__proto__', 'toString'])(
    'falls back on the general words for a code it does not know: %s',
    (code) => {
      expect(fieldMessage({ field: 'name', code, message: 'x' })).toContain('controllalo');
    },
  );
});
