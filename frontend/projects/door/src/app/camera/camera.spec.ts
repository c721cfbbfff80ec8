import { TestBed } from '@angular/core/testing';
import { Camera, RETRY_EVERY_MS, STALLED_AFTER_MS, UNANSWERED_AFTER_MS } from './camera';
import { FakeDevices, FakePermission } from './fake-camera';

describe('Camera', () => {
  let devices: FakeDevices;
  let camera: Camera;

  beforeEach(() => {
    vi.useFakeTimers();
    localStorage.clear();
    devices = new FakeDevices().install();
    TestBed.configureTestingModule({ providers: [Camera] });
    camera = TestBed.inject(Camera);
  });

  afterEach(() => {
    TestBed.resetTestingModule();
    FakeDevices.remove();
    FakePermission.remove();
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  async function pass(milliseconds = 0): Promise<void> {
    await vi.advanceTimersByTimeAsync(milliseconds);
  }

  async function startLive(): Promise<void> {
    camera.start();
    await pass();
    camera.sawFrame();
  }

  async function startWith(error: string): Promise<void> {
    devices.error = error;
    camera.start();
    await pass();
  }

  async function show(visibility: DocumentVisibilityState): Promise<void> {
    vi.spyOn(document, 'visibilityState', 'get').mockReturnValue(visibility);
    document.dispatchEvent(new Event('visibilitychange'));
    await pass();
  }

  it('asks for the camera that looks away, and is live with the first frame', async () => {
    camera.start();
    await pass();
    expect(devices.asked[0]).toMatchObject({ facingMode: { ideal: 'environment' } });
    expect(camera.state()).toBe('starting');
    camera.sawFrame();
    expect(camera.state()).toBe('live');
  });

  it.each([
    ['NotAllowedError', 'denied'],
    ['NotFoundError', 'absent'],
    ['NotReadableError', 'busy'],
    ['AbortError', 'busy'],
    ['TypeError', 'failed'],
  ])('tells %s as %s, and starts when asked again', async (error, trouble) => {
    await startWith(error);
    expect(camera.state()).toBe(trouble);
    devices.error = null;
    await startLive();
    expect(camera.state()).toBe('live');
  });

  it('says that HTTPS is missing where there are no devices at all', async () => {
    FakeDevices.remove();
    vi.stubGlobal('isSecureContext', false);
    camera.start();
    await pass();
    expect(camera.state()).toBe('insecure');
    vi.stubGlobal('isSecureContext', true);
    camera.start();
    await pass();
    expect(camera.state()).toBe('unsupported');
  });

  it('tries a busy camera again by itself, and one that is not permitted never', async () => {
    await startWith('NotReadableError');
    devices.error = null;
    await pass(RETRY_EVERY_MS + 1000);
    expect(camera.stream()).not.toBeNull();

    await startWith('NotAllowedError');
    const asked = devices.asked.length;
    await pass(10 * RETRY_EVERY_MS);
    expect(devices.asked.length).toBe(asked);
  });

  it('starts when a camera is plugged in', async () => {
    await startWith('NotFoundError');
    devices.error = null;
    devices.dispatchEvent(new Event('devicechange'));
    await pass();
    expect(camera.stream()).not.toBeNull();
  });

  it('follows the permission as it is taken away and given back', async () => {
    const permission = new FakePermission('granted').install();
    await startLive();
    permission.change('denied');
    expect(camera.state()).toBe('denied');
    expect(devices.newest.readyState).toBe('ended');
    permission.change('granted');
    await pass();
    camera.sawFrame();
    expect(camera.state()).toBe('live');
  });

  it('opens a camera again that has ended', async () => {
    await startLive();
    devices.newest.stop();
    await pass(1000);
    expect(devices.tracks.length).toBe(2);
    camera.sawFrame();
    expect(camera.state()).toBe('live');
  });

  it('restarts a picture that stands still, and says so when that does not help', async () => {
    await startLive();
    await pass(STALLED_AFTER_MS + 1000);
    expect(devices.tracks.map((track) => track.readyState)).toEqual(['ended', 'live']);
    expect(camera.state()).toBe('starting');
    await pass(STALLED_AFTER_MS + 1000);
    expect(camera.state()).toBe('silent');
    camera.sawFrame();
    expect(camera.state()).toBe('live');
  });

  it('leaves a page alone that nobody looks at, and a phone that wakes time for its first frame', async () => {
    await startLive();
    await show('hidden');
    await pass(10 * STALLED_AFTER_MS);
    expect(devices.tracks.length).toBe(1);
    await show('visible');
    await pass(STALLED_AFTER_MS - 1000);
    expect(devices.tracks.length).toBe(1);
  });

  it('opens it at once when the phone slept and its camera ended', async () => {
    await startLive();
    await show('hidden');
    devices.newest.stop();
    await show('visible');
    expect(devices.newest.readyState).toBe('live');
    expect(devices.tracks.length).toBe(2);
  });

  it('takes a permission that was given in the settings when the holder comes back', async () => {
    const permission = new FakePermission('denied').install();
    await startWith('NotAllowedError');
    await show('visible');
    expect(devices.asked.length).toBe(1);
    permission.state = 'granted';
    devices.error = null;
    await show('visible');
    expect(camera.stream()).not.toBeNull();
  });

  it('remembers the chosen camera, and takes another when it is gone', async () => {
    devices.cameras = ['rear', 'front'];
    await startLive();
    expect(camera.cameras().map((option) => option.name)).toEqual(['Posteriore', 'Anteriore']);
    camera.choose('front');
    await pass();
    expect(camera.currentId()).toBe('front');
    expect(devices.tracks.map((track) => track.readyState)).toEqual(['ended', 'live']);

    devices.cameras = ['rear'];
    camera.start();
    await pass();
    expect(camera.currentId()).toBe('rear');
  });

  it('lights the torch if there is one, and again after a restart', async () => {
    await startLive();
    expect(camera.torch()).toBeNull();

    devices.abilities = { torch: true };
    await startLive();
    await pass();
    expect(camera.torch()).toBe(false);
    await camera.toggleTorch();
    expect(camera.torch()).toBe(true);
    await startLive();
    await pass();
    expect(camera.torch()).toBe(true);
    expect(devices.newest.wishes).toContainEqual({ torch: true });
  });

  it('stays off when it was switched off, until somebody switches it on', async () => {
    await startLive();
    camera.switchOff();
    expect(devices.newest.readyState).toBe('ended');
    camera.startAsRemembered();
    await pass(10 * RETRY_EVERY_MS);
    expect(camera.state()).toBe('off');
    camera.start();
    camera.startAsRemembered();
    await pass();
    expect(camera.stream()).not.toBeNull();
  });

  it('stops a stream that comes when nobody wants it any more', async () => {
    camera.start();
    camera.switchOff();
    await pass();
    expect(devices.newest.readyState).toBe('ended');
    expect(camera.stream()).toBeNull();
  });

  describe('that never answers', () => {
    beforeEach(async () => {
      devices.isSilent = true;
      camera.start();
      await pass(UNANSWERED_AFTER_MS - 1000);
      expect(camera.state()).toBe('starting');
      await pass(2000);
    });

    it('says so, and asks nobody a second time by itself', async () => {
      expect(camera.state()).toBe('unanswered');
      await pass(10 * RETRY_EVERY_MS);
      await show('visible');
      expect(devices.asked).toHaveLength(1);
    });

    it('is used when it answers after all', async () => {
      devices.answer();
      await pass();
      expect(camera.state()).toBe('starting');
      camera.sawFrame();
      expect(camera.state()).toBe('live');
    });

    it('tells why it refuses, when it does so late', async () => {
      devices.error = 'NotAllowedError';
      devices.answer();
      await pass();
      expect(camera.state()).toBe('denied');
    });

    it('begins anew when asked again, and what the first question brings is let go', async () => {
      devices.isSilent = false;
      await startLive();
      expect(camera.state()).toBe('live');
      devices.answer();
      await pass();
      expect(devices.tracks.map((track) => track.readyState)).toEqual(['live', 'ended']);
      expect(camera.state()).toBe('live');
    });

    it('is let go when it answers after the page or the switch', async () => {
      camera.switchOff();
      devices.answer();
      await pass();
      expect(devices.newest.readyState).toBe('ended');

      camera.start();
      TestBed.resetTestingModule();
      devices.answer();
      await pass();
      expect(devices.newest.readyState).toBe('ended');
    });
  });

  it('lets go of the camera with the page', async () => {
    await startLive();
    TestBed.resetTestingModule();
    expect(devices.newest.readyState).toBe('ended');
  });
});
