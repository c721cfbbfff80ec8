/** Reads all QR codes of one picture. What it throws means that the engine is broken, not the code. */
export type ReadFrame = (frame: HTMLCanvasElement) => Promise<readonly string[]>;

interface Detector {
  detect(image: HTMLCanvasElement): Promise<readonly { readonly rawValue: string }[]>;
}

interface DetectorClass {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats(): Promise<readonly string[]>;
}

/** The browser's own detector, if it has one that can do QR codes: on some desks it can do nothing. */
export async function loadNative(): Promise<ReadFrame | null> {
  const { BarcodeDetector } = globalThis as { BarcodeDetector?: DetectorClass };
  try {
    const formats = (await BarcodeDetector?.getSupportedFormats()) ?? [];
    if (BarcodeDetector === undefined || !formats.includes('qr_code')) {
      return null;
    }
    return alsoInverted(new BarcodeDetector({ formats: ['qr_code'] }));
  } catch {
    return null;
  }
}

/** Phones' own detectors want dark on light; every other look without a code tries the negative too. */
function alsoInverted(detector: Detector): ReadFrame {
  let misses = 0;
  return async (frame) => {
    const texts = textsOf(await detector.detect(frame));
    if (texts.length > 0 || misses++ % 2 === 0) {
      return texts;
    }
    invert(frame);
    return textsOf(await detector.detect(frame));
  };
}

function invert(frame: HTMLCanvasElement): void {
  const context = frame.getContext('2d');
  if (context !== null) {
    context.save();
    context.globalCompositeOperation = 'difference';
    context.fillStyle = '#fff';
    context.fillRect(0, 0, frame.width, frame.height);
    context.restore();
  }
}

/**
 * ZXing, compiled to WebAssembly and served by ourselves. Its defaults are the thorough ones: harder,
 * rotated, inverted and downscaled are all tried.
 */
export async function loadWasm(): Promise<ReadFrame> {
  const zxing = await import('barcode-detector/ponyfill');
  try {
    await zxing.prepareZXingModule({ overrides: { locateFile }, fireImmediately: true });
  } catch (error) {
    // It would keep the failure for ever; the next try begins anew.
    zxing.purgeZXingModule();
    throw error;
  }
  const detector = new zxing.BarcodeDetector({ formats: ['qr_code'] });
  return async (frame) => {
    try {
      return textsOf(await detector.detect(frame));
    } catch (error) {
      zxing.purgeZXingModule();
      throw error;
    }
  };
}

/** Beside the application, in the folder of its language, where its service worker keeps it. */
function locateFile(file: string): string {
  return new URL(`wasm/${file}`, document.baseURI).href;
}

function textsOf(codes: readonly { readonly rawValue: string }[]): string[] {
  return codes.map((code) => code.rawValue).filter((text) => text !== '');
}
