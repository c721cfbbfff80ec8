import { newUuid } from './new-uuid';

const UUID_4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('newUuid', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('makes version 4 UUIDs, each another one', () => {
    const made = Array.from({ length: 200 }, newUuid);
    expect(made.filter((uuid) => !UUID_4.test(uuid))).toEqual([]);
    expect(new Set(made).size).toBe(200);
  });

  it('does without randomUUID, which plain HTTP from a phone has not', () => {
    const insecure = { getRandomValues: crypto.getRandomValues.bind(crypto) };
    vi.stubGlobal('crypto', insecure);
    expect(newUuid()).toMatch(UUID_4);
  });
});
