import { DOCUMENT, DestroyRef, Injectable, inject, signal } from '@angular/core';
import { recall, remember } from '../device/remembered';
import { SIGNALS, SignalTone } from './signal-patterns';

const MUTED = 'azione.door.muted';

/**
 * What the hand and the ear get of an answer: a sound and a vibration for each tone, told apart
 * without looking. A browser plays nothing before the first touch, so the first touch opens it.
 */
@Injectable({ providedIn: 'root' })
export class DoorSignals {
  private readonly document = inject(DOCUMENT);
  private readonly muted = signal(recall(MUTED) !== null);
  private audio: AudioContext | null = null;

  readonly isMuted = this.muted.asReadonly();

  constructor() {
    const touched = new AbortController();
    const unlock = () => {
      this.unlock();
    };
    // Every time, for a phone call takes the sound away again.
    for (const event of ['pointerup', 'keydown'] as const) {
      this.document.addEventListener(event, unlock, { signal: touched.signal, capture: true });
    }
    inject(DestroyRef).onDestroy(() => {
      touched.abort();
      void this.audio?.close().catch(() => undefined);
    });
  }

  play(tone: SignalTone): void {
    this.vibrate(tone);
    if (!this.muted()) {
      this.sound(tone);
    }
  }

  /** Muted is the sound only: in a silent foyer the hand still has to know. */
  toggleSound(): void {
    const isMuted = !this.muted();
    this.muted.set(isMuted);
    remember(MUTED, isMuted ? 'yes' : null);
    if (!isMuted) {
      this.unlock();
      this.sound('go');
    }
  }

  private unlock(): void {
    const { AudioContext } = (this.document.defaultView ?? {}) as {
      AudioContext?: new () => AudioContext;
    };
    try {
      this.audio ??= AudioContext ? new AudioContext() : null;
    } catch {
      return; // No sound card: the screen and the hand are left.
    }
    if (this.audio !== null && this.audio.state !== 'running') {
      this.audio.resume().catch(() => undefined);
    }
  }

  private sound(tone: SignalTone): void {
    if (this.audio === null) {
      return;
    }
    const { notes, wave } = SIGNALS[tone];
    const start = this.audio.currentTime + 0.01;
    for (const note of notes) {
      beep(this.audio, wave, note.hertz, start + note.at, note.seconds);
    }
  }

  private vibrate(tone: SignalTone): void {
    const navigator: Partial<Navigator> | undefined = this.document.defaultView?.navigator;
    // Before the first touch Chrome would only write an error into its console.
    if (navigator?.userActivation?.hasBeenActive !== false) {
      navigator?.vibrate?.(SIGNALS[tone].vibration);
    }
  }
}

/** Rises and falls within milliseconds: an edge would crackle. */
function beep(
  audio: AudioContext,
  wave: OscillatorType,
  hertz: number,
  at: number,
  seconds: number,
): void {
  const voice = audio.createOscillator();
  const volume = audio.createGain();
  voice.type = wave;
  voice.frequency.value = hertz;
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(0.5, at + 0.008);
  volume.gain.setValueAtTime(0.5, at + seconds - 0.02);
  volume.gain.linearRampToValueAtTime(0, at + seconds);
  voice.connect(volume).connect(audio.destination);
  voice.start(at);
  voice.stop(at + seconds);
}
