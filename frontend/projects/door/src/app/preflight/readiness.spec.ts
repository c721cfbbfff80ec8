import { CheckName, PhoneFacts, Standing, Trouble, evaluate } from './readiness';

const GOOD: PhoneFacts = {
  isSecure: true,
  isAppKept: true,
  canStore: true,
  isStorageKept: true,
  isPaired: true,
  listAge: 60_000,
  camera: 'granted',
  decoder: 'ready',
  clockOffset: 120,
  battery: 0.8,
  sound: 'played',
};

function found(facts: Partial<PhoneFacts>, name: CheckName): [Standing?, (Trouble | null)?] {
  const check = evaluate({ ...GOOD, ...facts }).checks.find((one) => one.name === name);
  return [check?.standing, check?.trouble];
}

describe('evaluate', () => {
  it('calls a phone ready that has everything', () => {
    const { verdict, todo, checks } = evaluate(GOOD);
    expect([verdict, todo]).toEqual(['ready', 0]);
    expect(checks.every((check) => check.standing === 'ok')).toBe(true);
  });

  it.each<[Partial<PhoneFacts>, CheckName]>([
    [{ isSecure: false }, 'secure'],
    [{ isPaired: false }, 'paired'],
    [{ isAppKept: false }, 'app'],
    [{ canStore: false }, 'storage'],
    [{ listAge: null }, 'list'],
  ])('cannot do without a network with %j', (facts, name) => {
    expect(found(facts, name)).toEqual(['missing', 'none']);
    expect(evaluate({ ...GOOD, ...facts }).verdict).toBe('missing');
  });

  it.each<[Partial<PhoneFacts>, CheckName, Trouble]>([
    [{ isStorageKept: false }, 'storage', 'clearable'],
    [{ listAge: 15 * 60_000 + 1 }, 'list', 'old'],
    [{ camera: 'unasked' }, 'camera', 'unasked'],
    [{ camera: 'denied' }, 'camera', 'denied'],
    [{ camera: 'absent' }, 'camera', 'absent'],
    [{ decoder: 'dead' }, 'decoder', 'failed'],
    [{ clockOffset: null }, 'clock', 'unheard'],
    [{ clockOffset: 5_000 }, 'clock', 'off'],
    [{ clockOffset: -5_000 }, 'clock', 'off'],
    [{ battery: 0.29 }, 'battery', 'low'],
    [{ sound: 'failed' }, 'sound', 'failed'],
  ])('warns of %j', (facts, name, trouble) => {
    expect(found(facts, name)).toEqual(['warn', trouble]);
    expect(evaluate({ ...GOOD, ...facts })).toMatchObject({ verdict: 'almost', todo: 1 });
  });

  it.each<[Partial<PhoneFacts>]>([
    [{ listAge: 15 * 60_000 }],
    [{ clockOffset: 4_999 }],
    [{ clockOffset: -4_999 }],
    [{ battery: 0.3 }],
    [{ battery: null }],
    [{ isStorageKept: null }],
    [{ sound: 'untried' }],
  ])('is still ready with %j', (facts) => {
    expect(evaluate({ ...GOOD, ...facts })).toMatchObject({ verdict: 'ready', todo: 0 });
  });

  it('says nothing of a battery that the browser does not tell of', () => {
    expect(found({ battery: null }, 'battery')).toEqual([undefined, undefined]);
  });

  it('does not call a phone ready before all is known, but says at once what is missing', () => {
    const loading = { ...GOOD, decoder: 'loading' } as const;
    expect(evaluate(loading).verdict).toBe('checking');
    expect(evaluate({ ...loading, listAge: null }).verdict).toBe('missing');
  });
});
