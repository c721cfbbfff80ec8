import { TestBed } from '@angular/core/testing';
import { DECODER_ENGINES, Decoder, LOADING_PATIENCE } from './decoder';
import { ReadFrame, loadNative } from './decoder-engines';

const FRAME = document.createElement('canvas');

function decoderWith(engines: {
  native?: () => Promise<ReadFrame | null>;
  wasm?: () => Promise<ReadFrame>;
}): Decoder {
  const none = { native: () => Promise.resolve(null), wasm: () => Promise.reject(new Error()) };
  TestBed.configureTestingModule({
    providers: [{ provide: DECODER_ENGINES, useValue: { ...none, ...engines } }],
  });
  return TestBed.inject(Decoder);
}

const reading =
  (text: string): ReadFrame =>
  () =>
    Promise.resolve([text]);
const broken: ReadFrame = () => Promise.reject(new Error('out of memory'));

describe('Decoder', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('reads with the native detector where it works, and loads nothing else', async () => {
    const wasm = vi.fn();
    const decoder = decoderWith({ native: () => Promise.resolve(reading('native')), wasm });
    await decoder.load();
    expect(decoder.state()).toBe('ready');
    expect(await decoder.read(FRAME)).toEqual(['native']);
    expect(wasm).not.toHaveBeenCalled();
  });

  it('goes on with its own when the native detector fails', async () => {
    const decoder = decoderWith({
      native: () => Promise.resolve(broken),
      wasm: () => Promise.resolve(reading('wasm')),
    });
    await decoder.load();
    expect(await decoder.read(FRAME)).toEqual([]);
    expect(await decoder.read(FRAME)).toEqual(['wasm']);
  });

  it('says that it is dead when nothing loads, and loads when asked again', async () => {
    const wasm = vi
      .fn<() => Promise<ReadFrame>>()
      .mockRejectedValueOnce(new Error('503'))
      .mockResolvedValue(reading('wasm'));
    const decoder = decoderWith({ wasm });
    await decoder.load();
    expect(decoder.state()).toBe('dead');
    expect(await decoder.read(FRAME)).toEqual([]);
    await decoder.load();
    expect(decoder.state()).toBe('ready');
    expect(await decoder.read(FRAME)).toEqual(['wasm']);
  });

  it('is dead when the network neither comes nor goes', async () => {
    vi.useFakeTimers();
    const decoder = decoderWith({ wasm: () => new Promise(() => undefined) });
    const loaded = decoder.load();
    await vi.advanceTimersByTimeAsync(LOADING_PATIENCE);
    await loaded;
    expect(decoder.state()).toBe('dead');
  });

  it('begins anew when its own breaks', async () => {
    const wasm = vi
      .fn<() => Promise<ReadFrame>>()
      .mockResolvedValueOnce(broken)
      .mockResolvedValueOnce(reading('fresh'));
    const decoder = decoderWith({ wasm });
    await decoder.load();
    await decoder.read(FRAME);
    expect(await decoder.read(FRAME)).toEqual(['fresh']);
    expect(wasm).toHaveBeenCalledTimes(2);
  });

  it('gives up when the fresh one breaks too', async () => {
    const decoder = decoderWith({ wasm: () => Promise.resolve(broken) });
    await decoder.load();
    await decoder.read(FRAME);
    expect(decoder.state()).toBe('ready');
    await decoder.read(FRAME);
    expect(decoder.state()).toBe('dead');
  });
});

describe('loadNative', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  /** As browsers have it: a class, and formats that depend on the machine. */
  function browserWith(
    formats: string[],
    detect = () => Promise.resolve([{ rawValue: 'A' }]),
  ): void {
    class BarcodeDetector {
      static getSupportedFormats = () => Promise.resolve(formats);
      detect = detect;
    }
    vi.stubGlobal('BarcodeDetector', BarcodeDetector);
  }

  it('takes it only where it can do QR codes', async () => {
    expect(await loadNative()).toBeNull();
    browserWith([]);
    expect(await loadNative()).toBeNull();
    browserWith(['ean_13', 'qr_code']);
    expect(await (await loadNative())?.(FRAME)).toEqual(['A']);
  });

  it('looks at the negative too when it finds nothing', async () => {
    const detect = vi.fn().mockResolvedValue([]);
    browserWith(['qr_code'], detect);
    const read = await loadNative();
    await read?.(FRAME);
    expect(detect).toHaveBeenCalledTimes(1);
    await read?.(FRAME);
    expect(detect).toHaveBeenCalledTimes(3);
  });
});
