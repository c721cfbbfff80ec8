import { TestBed } from '@angular/core/testing';
import { ReserveRequest } from '@azione/shared/api/generated/models/reserve-request';
import { Problem, ProblemCode } from '@azione/shared/api/problem';
import { DraftStore } from './draft';

const BODY: ReserveRequest = {
  name: 'Anna Bianchi',
  email: 'anna@example.org',
  phone: '',
  seats: 3,
  notes: '',
  privacy_accepted: true,
  language: 'it',
};
const OTHER_BODY: ReserveRequest = { ...BODY, seats: 2 };
const STATUS: Partial<Record<ProblemCode, number>> = {
  network: 0,
  validation_failed: 400,
  too_many_requests: 429,
  internal_error: 500,
  busy: 503,
  email_unavailable: 503,
};

describe('DraftStore', () => {
  let store: DraftStore;

  beforeEach(() => {
    sessionStorage.clear();
    store = TestBed.inject(DraftStore);
  });

  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
  });

  function fillStorage(): void {
    vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError');
    });
  }

  /** Sends a body, is refused with this code, and gives the key it went out under. */
  function sendInVain(
    body: ReserveRequest,
    code: ProblemCode,
    status = STATUS[code] ?? 409,
  ): string {
    const attempt = store.beginAttempt(7, body);
    store.refuse(7, attempt, new Problem({ code, status }));
    return attempt.key;
  }

  it('keeps key and values through a reload', () => {
    const { key } = store.open(7);
    store.keepValues(7, { ...store.open(7).values, name: 'Anna' });
    TestBed.resetTestingModule();
    const reloaded = TestBed.inject(DraftStore).open(7);
    expect(reloaded.key).toBe(key);
    expect(reloaded.values.name).toBe('Anna');
  });

  it('gives each performance a key of its own', () => {
    expect(store.open(7).key).not.toBe(store.open(8).key);
  });

  it('sends the same body under the same key, however often', () => {
    const first = sendInVain(BODY, 'network');
    expect(sendInVain({ ...BODY }, 'network')).toBe(first);
  });

  it('keeps the key of a lost answer even when the body changes', () => {
    const first = sendInVain(BODY, 'network');
    expect(store.beginAttempt(7, OTHER_BODY).key).toBe(first);
  });

  it('makes a new key for another body once no reservation was made for sure', () => {
    const first = sendInVain(BODY, 'capacity_exceeded');
    expect(store.beginAttempt(7, OTHER_BODY).key).not.toBe(first);
  });

  it.each(['busy', 'email_unavailable', 'internal_error'] as const)(
    'keeps the key after %s: the server may have given up after the commit',
    (code) => {
      const first = sendInVain(BODY, code);
      expect(store.isInDoubt(7)).toBe(true);
      expect(store.beginAttempt(7, OTHER_BODY).key).toBe(first);
    },
  );

  it('keeps the key after a page of some proxy, whatever its status', () => {
    const first = sendInVain(BODY, 'internal_error', 408);
    expect(store.isInDoubt(7)).toBe(true);
    expect(store.beginAttempt(7, OTHER_BODY).key).toBe(first);
  });

  it.each(['validation_failed', 'too_many_requests', 'not_found'] as const)(
    'is not in doubt after %s: nothing was made of that',
    (code) => {
      sendInVain(BODY, code);
      expect(store.isInDoubt(7)).toBe(false);
    },
  );

  it('does not take a field error as proof about an earlier lost answer', () => {
    const first = sendInVain(BODY, 'network');
    expect(sendInVain({ ...BODY, email: 'a@b' }, 'validation_failed')).toBe(first);
    expect(store.beginAttempt(7, OTHER_BODY).key).toBe(first);
  });

  it('takes an answer from behind the key as proof about the earlier one too', () => {
    const first = sendInVain(BODY, 'network');
    sendInVain(BODY, 'capacity_exceeded');
    expect(store.beginAttempt(7, OTHER_BODY).key).not.toBe(first);
  });

  it('is in doubt from the moment of sending: the page may be reloaded before the answer', () => {
    expect(store.isInDoubt(7)).toBe(false);
    const { key } = store.beginAttempt(7, BODY);
    TestBed.resetTestingModule();
    const reloaded = TestBed.inject(DraftStore);
    expect(reloaded.isInDoubt(7)).toBe(true);
    expect(reloaded.beginAttempt(7, OTHER_BODY).key).toBe(key);
  });

  it('remembers what may have made the reservation when the key turns out to be used', () => {
    sendInVain(BODY, 'network');
    sendInVain(OTHER_BODY, 'idempotency_key_reused');
    expect(store.open(7).sent).toEqual([BODY]);
    expect(store.isInDoubt(7)).toBe(true);
    const { key } = store.open(7);
    expect(store.renewKey(7).key).not.toBe(key);
  });

  it('starts afresh once cleared', () => {
    const { key } = store.beginAttempt(7, BODY);
    store.clear(7);
    const next = store.open(7);
    expect(next.key).not.toBe(key);
    expect(next.values.name).toBe('');
  });

  it('survives rubbish in the storage', () => {
    sessionStorage.setItem('azione.draft.7', '{"key":');
    expect(store.open(7).key).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('keeps one key where the storage is forbidden', () => {
    vi.spyOn(Storage.prototype, 'getItem').mockImplementation(() => {
      throw new DOMException('denied', 'SecurityError');
    });
    vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
      throw new DOMException('denied', 'SecurityError');
    });
    const first = sendInVain(BODY, 'network');
    expect(store.beginAttempt(7, BODY).key).toBe(first);
  });

  it('keeps one key where the storage can be read but is full', () => {
    fillStorage();
    const { key } = store.open(7);
    expect(store.open(7).key).toBe(key);
    store.keepValues(7, { ...store.open(7).values, name: 'Anna' });
    expect(store.open(7)).toMatchObject({ key, values: { name: 'Anna' } });
    expect(sendInVain(BODY, 'network')).toBe(key);
    expect(store.isInDoubt(7)).toBe(true);
  });

  it('does not go back to the draft that lies in a storage which has filled up since', () => {
    const { key } = store.open(7);
    fillStorage();
    const renewed = store.renewKey(7).key;
    expect(renewed).not.toBe(key);
    expect(store.open(7).key).toBe(renewed);
    store.clear(7);
    expect(store.open(7).key).not.toBe(renewed);
  });

  it('has a key where crypto.randomUUID is missing, as on plain HTTP', () => {
    const insecure = { getRandomValues: crypto.getRandomValues.bind(crypto) };
    vi.stubGlobal('crypto', insecure);
    expect(store.open(7).key).toMatch(/^[0-9a-f-]{36}$/);
    expect(store.renewKey(7).key).toMatch(/^[0-9a-f-]{36}$/);
  });
});
