import encodeQR from 'qr';
import vectors from '../../../../../../contracts/door/vectors.json';
import { Section } from '../offline/knowledge';
import { Message, Reader, RefusedCode, encode, read } from './message';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const KEY = vectors.performance_key;
const NOW = new Date('2026-11-21T19:41:07Z');

function reader(known: Readonly<Record<number, number>> = {}, device = 9): Reader {
  return { key: KEY, performance: 42, device, sequenceOf: (number) => known[number] ?? null };
}

function message(...sections: readonly Section[]): Message {
  return { performance: 42, madeAt: NOW, sections };
}

async function whyNot(text: string, by = reader()): Promise<RefusedCode | null> {
  const code = await read(text, by);
  return code.ok ? null : code.why;
}

/** mulberry32: a seed that fails can be tried again. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe('a code between phones', () => {
  it.each(vectors.messages)('is written and read as agreed: $name', async (vector) => {
    const { performance, sections, text } = vector;
    const madeAt = new Date(vector.made_at * 1000);
    expect(await encode({ performance, madeAt, sections }, KEY)).toBe(text);
    expect(await read(text, { ...reader(), performance })).toEqual({
      ok: true,
      from: sections[0],
      madeAt,
      news: sections,
    });
  });

  it.each(vectors.refused)('is refused as agreed: $name', async ({ text, why }) => {
    expect(await whyNot(text)).toBe(why);
  });

  const seed = Math.floor(Math.random() * 2 ** 31);

  it(`says what was put into it, whatever that is (seed ${seed})`, async () => {
    const random = randomFrom(seed);
    const upTo = (most: number) => Math.floor(random() * (most + 1));
    for (let round = 0; round < 200; round++) {
      const emptiness = random();
      const sections = Array.from({ length: 1 + upTo(5) }, (_, index) => ({
        device: index === 0 ? 1 : 10 + index,
        sequence: upTo(2 ** upTo(31)),
        counts: Array.from({ length: upTo(60) }, () =>
          random() < emptiness ? 0 : upTo(2 ** upTo(12)),
        ),
      }));
      const code = await read(await encode(message(...sections), KEY), reader());
      expect(code).toEqual({ ok: true, from: sections[0], madeAt: NOW, news: sections });
    }
  });

  it('is refused with any one letter changed, left out or doubled', async () => {
    const text = await encode(message({ device: 1, sequence: 7, counts: [0, 2, 0, 4] }), KEY);
    const refusals: readonly (RefusedCode | null)[] = ['altered', 'otherPerformance'];
    for (let at = 'AZDOOR:'.length; at < text.length; at++) {
      const [before, after] = [text.slice(0, at), text.slice(at + 1)];
      const others = Array.from(ALPHABET).filter((letter) => letter !== text[at]);
      for (const wrong of [...others, '', text.slice(at, at + 1).repeat(2)]) {
        expect(refusals, before + wrong + after).toContain(await whyNot(before + wrong + after));
      }
    }
  });

  it('is refused with two letters swapped', async () => {
    const text = await encode(message({ device: 1, sequence: 7, counts: [1, 2, 3, 4] }), KEY);
    for (let at = 'AZDOOR:'.length; at + 1 < text.length; at++) {
      const [one = '', other = ''] = text.slice(at, at + 2);
      if (one !== other) {
        const swapped = text.slice(0, at) + other + one + text.slice(at + 2);
        expect(await whyNot(swapped), swapped).not.toBeNull();
      }
    }
  });

  it('may be typed in small letters, in groups', async () => {
    const text = await encode(message({ device: 1, sequence: 7, counts: [2] }), KEY);
    const typed = text.toLowerCase().replace(/(.{8})/g, '$1 ');
    expect((await read(typed, reader())).ok).toBe(true);
  });

  it('may be typed by a scanner that has another keyboard in mind', async () => {
    const text = await encode(message({ device: 1, sequence: 7, counts: [2] }), KEY);
    expect((await read(text.replace(':', 'ç'), reader())).ok).toBe(true);
    expect(await whyNot(text.replace(':', ''))).toBe('notACode');
  });

  it('tells only what the reader did not know', async () => {
    const left = { device: 1, sequence: 7, counts: [2] };
    const right = { device: 2, sequence: 4, counts: [0, 3] };
    const text = await encode(message(left, right), KEY);

    expect(await read(text, reader({ 1: 6, 2: 4 }))).toMatchObject({ from: left, news: [left] });
    expect(await read(text, reader({ 1: 8, 2: 3 }))).toMatchObject({ from: left, news: [right] });
    expect(await whyNot(text, reader({ 1: 7, 2: 4 }))).toBe('old');
    expect(await whyNot(text, reader({}, 1))).toBe('ownCode');
  });

  it('never tells the reader about itself', async () => {
    const left = { device: 1, sequence: 7, counts: [2] };
    const text = await encode(message(left, { device: 9, sequence: 900, counts: [] }), KEY);
    expect(await read(text, reader())).toMatchObject({ ok: true, news: [left] });
    expect(await whyNot(text, reader({ 1: 7 }))).toBe('old');
  });

  // What one phone reads well from another's screen ends somewhere above version 25.
  it.each([
    [100, 5],
    [500, 11],
    [1000, 16],
  ])('with %i parties, all of them in, is a QR code of version %i', async (parties, version) => {
    const counts = Array.from({ length: parties }, (_, slot) => 1 + (slot % 4));
    const text = await encode(message({ device: 1, sequence: parties, counts }), KEY);
    const side = encodeQR(text, 'raw', { ecc: 'low', border: 1 }).length - 2;
    expect((side - 17) / 4).toBe(version);
  });
});
