import { Injectable, InjectionToken, inject, signal } from '@angular/core';
import { ReadFrame, loadNative, loadWasm } from './decoder-engines';

/** A network that is neither there nor gone would let it load for ever. */
export const LOADING_PATIENCE = 15_000;

export const DECODER_ENGINES = new InjectionToken<{
  readonly native: () => Promise<ReadFrame | null>;
  readonly wasm: () => Promise<ReadFrame>;
}>('DECODER_ENGINES', { factory: () => ({ native: loadNative, wasm: loadWasm }) });

export type DecoderState = 'idle' | 'loading' | 'ready' | 'dead';

/**
 * From a picture to the texts of the QR codes in it: by the browser's own detector where it works,
 * else by ours. One that breaks is replaced; when nothing is left the state says so, and nothing throws.
 */
@Injectable({ providedIn: 'root' })
export class Decoder {
  private readonly engines = inject(DECODER_ENGINES);
  private readonly now = signal<DecoderState>('idle');
  private engine: ReadFrame | null = null;
  private isNative = true;
  private isReloaded = false;

  readonly state = this.now.asReadonly();

  /** Once is enough; again after it died. */
  async load(): Promise<void> {
    if (this.now() === 'loading' || this.now() === 'ready') {
      return;
    }
    this.now.set('loading');
    try {
      this.engine = await withinPatience(this.choose());
      this.now.set('ready');
    } catch {
      this.now.set('dead');
    }
  }

  async read(frame: HTMLCanvasElement): Promise<readonly string[]> {
    if (this.engine === null) {
      return [];
    }
    try {
      // An engine that never answers would leave a scanner that must be reloaded.
      const texts = await withinPatience(this.engine(frame));
      this.isReloaded = false;
      return texts;
    } catch {
      await this.replace();
      return [];
    }
  }

  private async choose(): Promise<ReadFrame> {
    const native = this.isNative ? await this.engines.native() : null;
    this.isNative = native !== null;
    return native ?? (await this.engines.wasm());
  }

  /** The native one for ours; ours for a fresh one, but not again and again. */
  private async replace(): Promise<void> {
    this.engine = null;
    if (!this.isNative && this.isReloaded) {
      this.now.set('dead');
      return;
    }
    this.isReloaded = !this.isNative;
    this.isNative = false;
    this.now.set('idle');
    await this.load();
  }
}

async function withinPatience<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const patience = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error('The decoder did not load in time.'));
    }, LOADING_PATIENCE);
  });
  try {
    return await Promise.race([work, patience]);
  } finally {
    clearTimeout(timer);
  }
}
