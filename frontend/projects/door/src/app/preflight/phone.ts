import { CameraLeave } from './readiness';

/** What browsers have, or do not have, whatever their types say. */
interface Browser extends Partial<Pick<Navigator, 'permissions' | 'storage' | 'mediaDevices'>> {
  readonly serviceWorker?: { readonly controller: unknown };
  getBattery?(): Promise<{ readonly level: number; readonly charging: boolean }>;
}

function browser(): Browser {
  return navigator;
}

/**
 * A worker answers for this page and has every file of the app: one that is still fetching answers
 * too. Without a network nobody can say which files there are, and the first stands for them.
 */
export async function isAppKept(document: Document): Promise<boolean> {
  const { caches } = globalThis as { caches?: CacheStorage };
  if (!browser().serviceWorker?.controller || caches === undefined) {
    return false;
  }
  const files = [new URL('index.html', document.baseURI).href, ...(await filesOfApp(document))];
  const kept = await Promise.all(files.map((file) => caches.match(file, { ignoreVary: true })));
  return kept.every((answer) => answer !== undefined);
}

/** As the worker's own list has them, which is never kept on the phone. */
async function filesOfApp(document: Document): Promise<string[]> {
  try {
    const answer = await fetch(new URL('ngsw.json', document.baseURI), { cache: 'no-store' });
    const list = (await answer.json()) as { assetGroups: readonly { urls: readonly string[] }[] };
    return list.assetGroups.flatMap((group) => group.urls);
  } catch {
    return [];
  }
}

/** Asks the browser not to clear what the door keeps; a few ask the holder in their turn. */
export async function keepStorage(): Promise<boolean | null> {
  const { storage } = browser();
  if (storage === undefined || !('persist' in storage)) {
    return null;
  }
  return (await storage.persisted()) || (await storage.persist());
}

export async function isStorageKept(): Promise<boolean | null> {
  return (await browser().storage?.persisted()) ?? null;
}

export async function cameraLeave(): Promise<CameraLeave> {
  const devices = (await browser().mediaDevices?.enumerateDevices()) ?? [];
  const cameras = devices.filter((device) => device.kind === 'videoinput');
  if (cameras.length === 0) {
    return 'absent';
  }
  return (
    (await askedLeave()) ?? (cameras.some(({ label }) => label !== '') ? 'granted' : 'unasked')
  );
}

/** Null from a browser that does not say; its cameras then have names once it has given leave. */
async function askedLeave(): Promise<CameraLeave | null> {
  try {
    const name = 'camera' as PermissionName;
    const state = (await browser().permissions?.query({ name }))?.state;
    return state === undefined ? null : LEAVES[state];
  } catch {
    return null;
  }
}

const LEAVES: Readonly<Record<PermissionState, CameraLeave>> = {
  granted: 'granted',
  denied: 'denied',
  prompt: 'unasked',
};

/** The browser's own question; the camera is let go at once. */
export async function askForCamera(): Promise<void> {
  try {
    const stream = await browser().mediaDevices?.getUserMedia({ video: true });
    stream?.getTracks().forEach((track) => {
      track.stop();
    });
  } catch {
    // The next look at the facts says why.
  }
}

/** Null where it is not told; while it is being charged it is as good as full. */
export async function batteryLevel(): Promise<number | null> {
  try {
    const battery = await browser().getBattery?.();
    return battery === undefined ? null : battery.charging ? 1 : battery.level;
  } catch {
    return null;
  }
}

/** Asked on a touch, which is what browsers want before they let anything be heard. */
export async function letsSoundBeHeard(): Promise<boolean> {
  try {
    const context = new AudioContext();
    await context.resume();
    const isRunning = context.state === 'running';
    await context.close();
    return isRunning;
  } catch {
    return false;
  }
}
