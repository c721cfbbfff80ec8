import { GONE_AFTER_MS, Sight } from './sight';

describe('Sight', () => {
  let sight: Sight;
  let now: number;

  beforeEach(() => {
    sight = new Sight();
    now = 0;
  });

  function look(texts: string[], isListening = true): string[] {
    now += 100;
    return sight.look(texts, now, isListening);
  }

  function leave(): void {
    for (let at = 0; at <= GONE_AFTER_MS; at += 100) {
      look([]);
    }
  }

  it('tells a code once for as long as it is held up', () => {
    expect(look(['A'])).toEqual(['A']);
    expect(look(['A'])).toEqual([]);
    expect(sight.holdsTold).toBe(true);
  });

  it('takes a few blurred pictures for a shaking hand', () => {
    look(['A']);
    look([]);
    look([]);
    look([]);
    expect(look(['A'])).toEqual([]);
  });

  it('takes one picture without it for nothing, however long a slow phone took for it', () => {
    look(['A']);
    now += 5 * GONE_AFTER_MS;
    look([]);
    expect(look(['A'])).toEqual([]);
  });

  it('tells it again when it has been away', () => {
    look(['A']);
    leave();
    expect(sight.holdsTold).toBe(false);
    expect(look(['A'])).toEqual(['A']);
  });

  it('tells the next code at once, and two together', () => {
    look(['A']);
    expect(look(['B'])).toEqual(['B']);
    expect(look(['B', 'C', 'D'])).toEqual(['C', 'D']);
  });

  it('keeps what came while nobody listened until somebody does', () => {
    expect(look(['A'], false)).toEqual([]);
    expect(sight.holdsTold).toBe(false);
    expect(look(['A'])).toEqual(['A']);
  });

  it('does not tell what came and went meanwhile', () => {
    look(['A'], false);
    expect(look([])).toEqual([]);
    leave();
    expect(look([])).toEqual([]);
  });

  it('notices that a told code was taken away and shown again while nobody listened', () => {
    look(['A']);
    for (let at = 0; at <= GONE_AFTER_MS; at += 100) {
      look([], false);
    }
    look(['A'], false);
    expect(look(['A'])).toEqual(['A']);
  });
});
