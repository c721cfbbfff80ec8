import { DOCUMENT, DestroyRef, Injectable, computed, inject, signal } from '@angular/core';
import { recall, remember } from '../device/remembered';
import { CameraOption, cameraOptions } from './camera-names';
import { CameraTrouble, troubleOf } from './camera-trouble';
import { CameraTrack } from './camera-track';

/** A live camera sends a frame many times a second, in the dark a few times. */
export const STALLED_AFTER_MS = 5000;
export const RETRY_EVERY_MS = 3000;
/** Time enough to read the browser's question, and to press "Allow". */
export const UNANSWERED_AFTER_MS = 8000;
const TICK_MS = 1000;

const CHOSEN = 'azione.door.camera';
const SWITCHED_OFF = 'azione.door.cameraOff';
const PICTURE: MediaTrackConstraints = { width: { ideal: 1280 }, height: { ideal: 720 } };

export type CameraState = 'off' | 'starting' | 'live' | CameraTrouble;

/** What may pass by itself, so that trying again now and then is worth it and asks nobody anything. */
const PASSING: readonly CameraState[] = ['starting', 'busy', 'silent', 'failed'];

/**
 * The phone's camera, kept alive: whatever ends it (a call, another app, sleep, a revoked permission)
 * is a state with a way out, and the ways that need no person are tried without one.
 */
@Injectable()
export class Camera {
  private readonly document = inject(DOCUMENT);
  private readonly now = signal<CameraState>('off');
  private readonly opened = signal<CameraTrack | null>(null);
  private readonly options = signal<readonly CameraOption[]>([]);
  private readonly listening = new AbortController();
  private isWanted = false;
  private isWatching = false;
  private turn = 0;
  /** The turn that waits for the browser, and perhaps for a person's answer. */
  private opening: number | null = null;
  private frameAt = 0;
  private triedAt = 0;
  private stalls = 0;
  private isTorchWanted = false;
  private timer: ReturnType<typeof setInterval> | undefined;

  readonly state = this.now.asReadonly();
  readonly stream = computed(() => this.opened()?.stream ?? null);
  readonly cameras = this.options.asReadonly();
  readonly currentId = computed(() => this.opened()?.deviceId ?? null);
  readonly facesUser = computed(() => this.opened()?.facesUser ?? false);
  /** Null where there is none. */
  readonly torch = computed(() => this.opened()?.torch() ?? null);

  constructor() {
    inject(DestroyRef).onDestroy(() => {
      this.isWanted = false;
      this.listening.abort();
      clearInterval(this.timer);
      this.release();
    });
  }

  /** As the holder left it the last time. */
  startAsRemembered(): void {
    if (recall(SWITCHED_OFF) === null) {
      this.start();
    }
  }

  /** Also the answer to "try again": begins from nothing. */
  start(): void {
    remember(SWITCHED_OFF, null);
    this.isWanted = true;
    this.stalls = 0;
    this.watch();
    this.now.set('starting');
    void this.open();
  }

  switchOff(): void {
    remember(SWITCHED_OFF, 'yes');
    this.isWanted = false;
    this.isTorchWanted = false;
    this.release();
    this.now.set('off');
  }

  choose(id: string): void {
    remember(CHOSEN, id);
    this.start();
  }

  async toggleTorch(): Promise<void> {
    this.isTorchWanted = this.torch() !== true;
    await this.opened()?.shine(this.isTorchWanted);
  }

  /** Told by whoever looks at the picture: nothing else proves that there is one. */
  sawFrame(): void {
    this.frameAt = performance.now();
    const track = this.opened();
    if (this.now() !== 'live' && track !== null) {
      this.stalls = 0;
      this.now.set('live');
      // Some phones know only by now what their camera can do.
      void track.settle(this.isTorchWanted);
    }
  }

  private async open(): Promise<void> {
    const turn = ++this.turn;
    this.release();
    this.triedAt = performance.now();
    const devices = this.devices();
    if (devices === undefined) {
      const isSecure = this.document.defaultView?.isSecureContext !== false;
      this.now.set(isSecure ? 'unsupported' : 'insecure');
      return;
    }
    this.opening = turn;
    try {
      const stream = await request(devices);
      if (turn === this.turn && this.isWanted) {
        this.adopt(stream, devices);
      } else {
        stopTracks(stream);
      }
    } catch (error) {
      if (turn === this.turn && this.isWanted) {
        this.now.set(troubleOf(error));
      }
    } finally {
      this.opening = this.opening === turn ? null : this.opening;
    }
  }

  /** "Live" it is with its first frame, not before. */
  private adopt(stream: MediaStream, devices: MediaDevices): void {
    const [track] = stream.getVideoTracks();
    if (track === undefined) {
      this.now.set('absent');
      return;
    }
    this.frameAt = performance.now();
    if (this.now() === 'unanswered') {
      this.now.set('starting');
    }
    this.opened.set(new CameraTrack(stream, track));
    // By now the permission is there, and with it the names.
    void this.list(devices);
  }

  private async list(devices: MediaDevices): Promise<void> {
    try {
      this.options.set(cameraOptions(await devices.enumerateDevices()));
    } catch {
      this.options.set([]);
    }
  }

  private isOpening(): boolean {
    return this.opening === this.turn;
  }

  private release(): void {
    const stream = this.stream();
    if (stream !== null) {
      stopTracks(stream);
      this.opened.set(null);
    }
  }

  /** From the first start on: the events that may bring it back, and a clock for what has no event. */
  private watch(): void {
    if (this.isWatching) {
      return;
    }
    this.isWatching = true;
    const { signal } = this.listening;
    this.timer = setInterval(() => {
      this.tick();
    }, TICK_MS);
    this.document.addEventListener('visibilitychange', () => void this.wake(), { signal });
    this.devices()?.addEventListener('devicechange', () => void this.devicesChanged(), { signal });
    void this.watchPermission();
  }

  private tick(): void {
    if (!this.isWanted || this.document.visibilityState !== 'visible') {
      return;
    }
    const track = this.opened();
    const now = performance.now();
    if (this.isOpening()) {
      this.awaitAnswer(now);
    } else if (track?.hasEnded()) {
      this.release();
      this.now.set('starting');
      void this.open();
    } else if (track !== null && now - this.frameAt >= STALLED_AFTER_MS) {
      this.restartStalled();
    } else if (
      track === null &&
      PASSING.includes(this.now()) &&
      now - this.triedAt >= RETRY_EVERY_MS
    ) {
      void this.open();
    }
  }

  /** A question overlooked, or a driver that hangs. To ask again is for the holder; a late answer is as good. */
  private awaitAnswer(now: number): void {
    if (now - this.triedAt >= UNANSWERED_AFTER_MS) {
      this.now.set('unanswered');
    }
  }

  /** Once without a word; after that the holder is told, and the trying goes on. */
  private restartStalled(): void {
    this.stalls += 1;
    this.now.set(this.stalls > 1 ? 'silent' : 'starting');
    void this.open();
  }

  /** The page is looked at again: a phone that slept has frames to send first, if its camera lives. */
  private async wake(): Promise<void> {
    if (!this.isWanted || this.document.visibilityState !== 'visible') {
      return;
    }
    this.frameAt = performance.now();
    const state = this.now();
    const mayTry = state === 'denied' ? await this.isPermitted() : state !== 'live';
    if (this.opened()?.hasEnded() || (mayTry && this.opened() === null && !this.isOpening())) {
      await this.open();
    }
  }

  private async devicesChanged(): Promise<void> {
    const devices = this.devices();
    if (devices === undefined || !this.isWanted) {
      return;
    }
    if (this.opened() !== null) {
      await this.list(devices);
    } else if (this.now() !== 'denied' && !this.isOpening()) {
      await this.open();
    }
  }

  private async watchPermission(): Promise<void> {
    const status = await this.permission();
    status?.addEventListener(
      'change',
      () => {
        if (this.isWanted && status.state === 'granted' && this.opened() === null) {
          void this.open();
        } else if (this.isWanted && status.state === 'denied') {
          this.turn += 1;
          this.release();
          this.now.set('denied');
        }
      },
      { signal: this.listening.signal },
    );
  }

  /** Where the browser tells nothing, asking for the camera is the only way to know. */
  private async isPermitted(): Promise<boolean> {
    const status = await this.permission();
    return status === null || status.state === 'granted';
  }

  private async permission(): Promise<PermissionStatus | null> {
    try {
      return (await this.navigator()?.permissions?.query({ name: 'camera' })) ?? null;
    } catch {
      return null;
    }
  }

  private devices(): MediaDevices | undefined {
    const devices = this.navigator()?.mediaDevices;
    return devices?.getUserMedia === undefined ? undefined : devices;
  }

  /** Less than the types promise: over plain HTTP there is no mediaDevices, in old browsers more is missing. */
  private navigator(): Partial<Navigator> | undefined {
    return this.document.defaultView?.navigator;
  }
}

/** The chosen camera; if it is gone, the one that looks away from the holder. */
async function request(devices: MediaDevices): Promise<MediaStream> {
  const chosen = recall(CHOSEN);
  if (chosen !== null) {
    try {
      return await devices.getUserMedia({ video: { ...PICTURE, deviceId: { exact: chosen } } });
    } catch (error) {
      if (troubleOf(error) !== 'absent') {
        throw error;
      }
    }
  }
  return devices.getUserMedia({ video: { ...PICTURE, facingMode: { ideal: 'environment' } } });
}

function stopTracks(stream: MediaStream): void {
  for (const track of stream.getTracks()) {
    track.stop();
  }
}
