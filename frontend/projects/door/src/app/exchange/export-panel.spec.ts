import { ComponentFixture, TestBed } from '@angular/core/testing';
import { DeviceSessions } from '../device/device-session';
import { Outbox } from '../offline/outbox';
import { DoorBench, record } from '../offline/testing/door-bench';
import { ExportPanel } from './export-panel';

interface Saved {
  readonly name: string;
  readonly text: string;
}

describe('ExportPanel', () => {
  let bench: DoorBench;
  let fixture: ComponentFixture<ExportPanel>;
  let saved: Promise<Saved>;

  beforeEach(async () => {
    bench = await DoorBench.paired();
    bench.server.state = 'down';
    saved = nextDownload();
  });

  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** jsdom has no downloads: what the browser would be handed. */
  function nextDownload(): Promise<Saved> {
    let content: Blob = new Blob();
    URL.createObjectURL = (blob: Blob) => {
      content = blob;
      return 'blob:export';
    };
    return new Promise((resolve) => {
      vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (
        this: HTMLAnchorElement,
      ) {
        const name = this.download;
        void content.text().then((text) => {
          resolve({ name, text });
        });
      });
    });
  }

  async function open(): Promise<void> {
    fixture = TestBed.createComponent(ExportPanel);
    await fixture.whenStable();
  }

  function panel(): HTMLElement {
    return fixture.nativeElement as HTMLElement;
  }

  async function press(label: string): Promise<void> {
    const buttons = Array.from(panel().querySelectorAll('button'));
    buttons.find((button) => button.textContent.includes(label))?.click();
    await fixture.whenStable();
  }

  it('says that there is nothing to export', async () => {
    await open();
    expect(panel().textContent).toContain('Non c’è niente da esportare');
    expect(panel().querySelector('button')).toBeNull();
  });

  it('exports what was not delivered, in its order, and keeps it', async () => {
    const scans = [record(1), record(2), record(3)];
    for (const scan of scans) {
      await bench.get(Outbox).add(scan);
    }
    await open();
    await press('Esporta 3 ingressi non consegnati');
    const { name, text } = await saved;
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(name).toMatch(/^ingressi-7-marta-\d{8}-\d{4}\.jsonl$/);
    expect(lines.map(({ type }) => type)).toEqual(['header', 'scan', 'scan', 'scan', 'end']);
    expect(lines.slice(1, -1)).toEqual(
      scans.map(({ scan }) => expect.objectContaining({ ...scan }) as unknown),
    );
    await vi.waitFor(() => {
      fixture.detectChanges();
      expect(panel().textContent).toContain('azione checkin reconcile FILE');
    });
    await bench.open();
    expect(bench.get(Outbox).waiting()).toBe(3);
  });

  it('still exports when the device was sent away, and lets go only when asked twice', async () => {
    await bench.get(Outbox).add(record(1));
    bench.server.refusal = { path: '/door/device/', status: 401, code: 'device_revoked' };
    bench.server.state = 'up';
    await bench
      .get(DeviceSessions)
      .refresh()
      .catch(() => undefined);
    bench.server.state = 'down';
    await open();
    expect(panel().textContent).not.toContain('Togli gli ingressi');

    await press('Esporta 1 ingresso non consegnato');
    await saved;
    await vi.waitFor(() => {
      fixture.detectChanges();
      expect(panel().textContent).toContain('Togli gli ingressi');
    });
    await press('Togli gli ingressi');
    expect(bench.get(Outbox).waiting()).toBe(1);
    await press('L’ha letto');
    await vi.waitFor(() => {
      expect(bench.get(DeviceSessions).current()).toBeNull();
    });
    expect(bench.get(Outbox).waiting()).toBe(0);
  });
});
