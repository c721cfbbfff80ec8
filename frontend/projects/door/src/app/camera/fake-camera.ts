/** Stands for the hardware in tests: what a browser hands out of a camera, with the plug in our hand. */
export class FakeTrack extends EventTarget {
  readonly kind = 'video';
  readyState: MediaStreamTrackState = 'live';
  readonly wishes: MediaTrackConstraintSet[] = [];

  constructor(
    private readonly settings: MediaTrackSettings,
    private readonly abilities: object,
  ) {
    super();
  }

  getSettings(): MediaTrackSettings {
    return this.settings;
  }

  getCapabilities(): object {
    return this.abilities;
  }

  applyConstraints({ advanced }: MediaTrackConstraints): Promise<void> {
    this.wishes.push(...(advanced ?? []));
    return Promise.resolve();
  }

  stop(): void {
    this.readyState = 'ended';
  }
}

export class FakeDevices extends EventTarget {
  readonly tracks: FakeTrack[] = [];
  readonly asked: MediaTrackConstraints[] = [];
  private readonly silent: (() => void)[] = [];
  /** What getUserMedia throws next, by name; null while all is well. */
  error: string | null = null;
  /** A question that nobody answers, or a driver that hangs, until `answer` is called. */
  isSilent = false;
  abilities: object = {};
  cameras = ['rear'];

  /** Puts it in the place of the browser's own until the test is over. */
  install(): this {
    Object.defineProperty(navigator, 'mediaDevices', { value: this, configurable: true });
    return this;
  }

  static remove(): void {
    Reflect.deleteProperty(navigator, 'mediaDevices');
  }

  async getUserMedia({ video }: { video: MediaTrackConstraints }): Promise<MediaStream> {
    this.asked.push(video);
    if (this.isSilent) {
      await new Promise<void>((resolve) => this.silent.push(resolve));
    }
    return this.open(video);
  }

  /** The oldest question gets its answer after all. */
  answer(): void {
    this.silent.shift()?.();
  }

  private open(video: MediaTrackConstraints): Promise<MediaStream> {
    const exact = (video.deviceId as ConstrainDOMStringParameters | undefined)?.exact;
    const isGone = typeof exact === 'string' && !this.cameras.includes(exact);
    const error = this.error ?? (isGone ? 'OverconstrainedError' : null);
    if (error !== null) {
      return Promise.reject(new DOMException('', error));
    }
    const deviceId = typeof exact === 'string' ? exact : (this.cameras[0] ?? '');
    const track = new FakeTrack({ deviceId, facingMode: 'environment' }, this.abilities);
    this.tracks.push(track);
    const stream = { getTracks: () => [track], getVideoTracks: () => [track] };
    return Promise.resolve(stream as unknown as MediaStream);
  }

  enumerateDevices(): Promise<object[]> {
    return Promise.resolve(
      this.cameras.map((deviceId) => ({ deviceId, label: deviceId, kind: 'videoinput' })),
    );
  }

  get newest(): FakeTrack {
    const track = this.tracks.at(-1);
    if (track === undefined) {
      throw new Error('No camera was opened.');
    }
    return track;
  }
}

export class FakePermission extends EventTarget {
  constructor(public state: PermissionState) {
    super();
  }

  install(): this {
    const permissions = { query: () => Promise.resolve(this) };
    Object.defineProperty(navigator, 'permissions', { value: permissions, configurable: true });
    return this;
  }

  change(state: PermissionState): void {
    this.state = state;
    this.dispatchEvent(new Event('change'));
  }

  static remove(): void {
    Reflect.deleteProperty(navigator, 'permissions');
  }
}
