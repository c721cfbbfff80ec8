import { ComponentFixture, TestBed } from '@angular/core/testing';
import { provideIcons } from '@azione/shared/ui/icons';
import { UNANSWERED_AFTER_MS } from './camera';
import { CameraView } from './camera-view';
import { DECODER_ENGINES } from './decoder';
import { FakeDevices } from './fake-camera';

describe('CameraView', () => {
  let devices: FakeDevices;
  let fixture: ComponentFixture<CameraView>;

  beforeEach(() => {
    localStorage.clear();
    devices = new FakeDevices().install();
    // jsdom plays nothing; what is decoded is looked at in a real browser.
    vi.spyOn(HTMLMediaElement.prototype, 'play').mockResolvedValue();
    vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
  });

  afterEach(() => {
    TestBed.resetTestingModule();
    FakeDevices.remove();
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  async function show(wasm: () => Promise<unknown> = () => Promise.resolve(() => [])) {
    const engines = { native: () => Promise.resolve(null), wasm };
    TestBed.configureTestingModule({
      providers: [provideIcons(), { provide: DECODER_ENGINES, useValue: engines }],
    });
    fixture = TestBed.createComponent(CameraView);
    await settle();
  }

  async function settle(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve));
    await fixture.whenStable();
  }

  const page = () => fixture.nativeElement as HTMLElement;
  const words = () => page().querySelector('[role=status]')?.textContent.trim() ?? '';

  async function press(label: string): Promise<void> {
    const buttons = [...page().querySelectorAll<HTMLButtonElement>('button')];
    const button = buttons.find(
      (one) => one.textContent.includes(label) || one.ariaLabel === label,
    );
    if (button === undefined) {
      throw new Error(`There is no button ${label}.`);
    }
    button.click();
    await settle();
  }

  it('says what to do about a camera that is not allowed, and tries again at a touch', async () => {
    devices.error = 'NotAllowedError';
    await show();
    expect(words()).toContain('Fotocamera non permessa');
    devices.error = null;
    await press('Riprova');
    expect(words()).toContain('Apro la fotocamera');
    expect(devices.newest.readyState).toBe('live');
  });

  it('says after a while that nothing answers, and what works without a camera', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    devices.isSilent = true;
    await show();
    expect(words()).toContain('Apro la fotocamera');
    vi.advanceTimersByTime(UNANSWERED_AFTER_MS + 1000);
    await settle();
    expect(words()).toContain('La fotocamera non risponde');
    expect(words()).toContain('scrivi il riferimento');

    devices.isSilent = false;
    await press('Riprova');
    expect(words()).toContain('Apro la fotocamera');
    expect(devices.newest.readyState).toBe('live');
  });

  it('says that the decoder did not load, and loads it at a touch or with the network', async () => {
    const wasm = vi.fn().mockRejectedValue(new Error('503'));
    await show(wasm);
    expect(words()).toContain('Il lettore dei codici non si carica');
    await press('Riprova');
    expect(wasm).toHaveBeenCalledTimes(2);
    wasm.mockResolvedValue(() => Promise.resolve([]));
    window.dispatchEvent(new Event('online'));
    await settle();
    expect(words()).not.toContain('non si carica');
  });

  it('can be switched off and on', async () => {
    await show();
    await press('Spegni la fotocamera');
    expect(devices.newest.readyState).toBe('ended');
    expect(words()).toBe('La fotocamera è spenta.');
    await press('Accendi la fotocamera');
    expect(devices.newest.readyState).toBe('live');
  });

  it('offers another camera and a torch only where there are some', async () => {
    await show();
    expect(page().querySelector('select')).toBeNull();
    expect(page().textContent).not.toContain('Torcia');

    devices.cameras = ['rear', 'front'];
    devices.dispatchEvent(new Event('devicechange'));
    await settle();
    const choice = page().querySelector('select');
    expect([...(choice?.options ?? [])].map((option) => option.text.trim())).toEqual([
      'Posteriore',
      'Anteriore',
    ]);
  });

  it('lets go of the camera when it is no longer shown', async () => {
    await show();
    fixture.destroy();
    expect(devices.newest.readyState).toBe('ended');
  });
});
