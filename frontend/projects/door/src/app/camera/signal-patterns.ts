/** The tones of an answer: let in, ask, nobody goes in, nobody knows. */
export type SignalTone = 'go' | 'ask' | 'stop' | 'lost';

interface Note {
  readonly hertz: number;
  /** Seconds after the beginning. */
  readonly at: number;
  readonly seconds: number;
}

interface SignalPattern {
  readonly wave: OscillatorType;
  readonly notes: readonly Note[];
  /** Milliseconds on, off, on… */
  readonly vibration: number[];
}

/**
 * Told apart by rhythm as much as by pitch, for those who hear no difference between notes: one quick
 * step up, two even knocks, one long growl, four steps down.
 */
export const SIGNALS: Readonly<Record<SignalTone, SignalPattern>> = {
  go: {
    wave: 'sine',
    notes: [
      { hertz: 880, at: 0, seconds: 0.07 },
      { hertz: 1319, at: 0.07, seconds: 0.14 },
    ],
    vibration: [70],
  },
  ask: {
    wave: 'triangle',
    notes: [
      { hertz: 660, at: 0, seconds: 0.13 },
      { hertz: 660, at: 0.22, seconds: 0.13 },
    ],
    vibration: [110, 90, 110],
  },
  stop: {
    wave: 'square',
    notes: [{ hertz: 165, at: 0, seconds: 0.55 }],
    vibration: [500],
  },
  lost: {
    wave: 'triangle',
    notes: [587, 494, 415, 349].map((hertz, index) => ({ hertz, at: index * 0.15, seconds: 0.11 })),
    vibration: [60, 60, 60, 60, 60, 60, 60],
  },
};
