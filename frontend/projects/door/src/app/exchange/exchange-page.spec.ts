import { ComponentFixture, TestBed } from '@angular/core/testing';
import { DeviceSessions } from '../device/device-session';
import { Section } from '../offline/knowledge';
import { LearnedSections } from '../offline/learned';
import { Outbox } from '../offline/outbox';
import { DoorBench, ME, PERFORMANCE, apiSession, record } from '../offline/testing/door-bench';
import { Alignment, LONGEST_CODE } from './alignment';
import { ExchangePage } from './exchange-page';
import { encode, read } from './message';

const KEY = apiSession().performance_key;
const UGO = 1;
// 20:41 in Rome.
const MADE_AT = new Date('2026-11-22T19:41:07Z');

function codeOf(performance: number, ...sections: Section[]): Promise<string> {
  return encode({ performance, madeAt: MADE_AT, sections }, KEY);
}

describe('ExchangePage', () => {
  let bench: DoorBench;
  let fixture: ComponentFixture<ExchangePage>;

  beforeEach(async () => {
    bench = await DoorBench.paired();
    await openPage();
  });

  async function openPage(): Promise<void> {
    fixture = TestBed.createComponent(ExchangePage);
    fixture.componentRef.setInput('id', String(PERFORMANCE));
    await fixture.whenStable();
  }

  function page(): HTMLElement {
    return fixture.nativeElement as HTMLElement;
  }

  function text(selector = 'section'): string {
    return (page().querySelector(selector)?.textContent ?? '').replace(/\s+/g, ' ').trim();
  }

  async function press(label: string): Promise<void> {
    const buttons = Array.from(page().querySelectorAll('button'));
    buttons.find((button) => button.textContent.includes(label))?.click();
    await fixture.whenStable();
  }

  /** As a scanner does it: to nothing in particular. */
  async function scan(code: string): Promise<void> {
    if (page().querySelector('azione-reading') === null) {
      await press('Leggi l’altro');
    }
    for (const key of [...Array.from(code), 'Enter']) {
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
    }
    await vi.waitFor(() => {
      fixture.detectChanges();
      expect(text('.answer')).not.toBe('');
    });
  }

  function learned(): readonly Section[] {
    return bench.get(LearnedSections).sections();
  }

  it('shows as a code what this phone has let in, without asking the server', async () => {
    bench.server.state = 'down';
    await bench.get(Outbox).add(record(1, 3));
    fixture = TestBed.createComponent(ExchangePage);
    fixture.componentRef.setInput('id', String(PERFORMANCE));
    await vi.waitFor(() => {
      fixture.detectChanges();
      expect(text('.seats')).toContain('3 posti');
    });
    expect(page().querySelector('azione-qr-picture svg')).not.toBeNull();

    const shown = await bench.get(Alignment).show();
    const reader = { key: KEY, performance: PERFORMANCE, device: UGO, sequenceOf: () => null };
    expect(await read(shown?.text ?? '', reader)).toMatchObject({
      ok: true,
      news: [{ device: ME, sequence: 1, counts: [3] }],
    });
  });

  it('learns from another phone, keeps it over a reload and says what it knows now', async () => {
    await scan(await codeOf(PERFORMANCE, { device: UGO, sequence: 5, counts: [4, 1] }));
    expect(text('.answer')).toContain(
      'Ora questo telefono sa degli ingressi di «Ugo»: 5 posti, alle 20:41.',
    );
    await bench.open();
    expect(learned()).toEqual([{ device: UGO, sequence: 5, counts: [4, 1] }]);
  });

  it('names the phones that another one has heard of, known by name or not', async () => {
    const ugo = { device: UGO, sequence: 5, counts: [4] };
    await scan(await codeOf(PERFORMANCE, ugo, { device: 8, sequence: 2, counts: [0, 1] }));
    expect(text('.answer')).toContain('E, per suo tramite, di quelli di «Telefono 8»: 1 posto.');
  });

  it.each([
    ['what is no code', () => Promise.resolve('https://x/t#ABC'), 'Non è il codice di un telefono'],
    [
      'an altered code',
      async () => {
        const code = await codeOf(PERFORMANCE, { device: UGO, sequence: 6, counts: [4] });
        return code.slice(0, 15) + (code[15] === 'A' ? 'B' : 'A') + code.slice(16);
      },
      'Codice rovinato',
    ],
    [
      'a code of another performance',
      () => codeOf(8, { device: UGO, sequence: 6, counts: [4] }),
      'È di un’altra replica',
    ],
    [
      'its own code',
      () => codeOf(PERFORMANCE, { device: ME, sequence: 9, counts: [4] }),
      'È il codice di questo telefono',
    ],
    [
      'the same code again',
      () => codeOf(PERFORMANCE, { device: UGO, sequence: 5, counts: [2] }),
      'Niente di nuovo',
    ],
    [
      'an older code',
      () => codeOf(PERFORMANCE, { device: UGO, sequence: 4, counts: [1] }),
      'Niente di nuovo',
    ],
  ])('changes nothing for %s, and says so', async (_, code, title) => {
    const known = { device: UGO, sequence: 5, counts: [2] };
    await bench.get(LearnedSections).learn([known]);
    await scan(await code());
    expect(text('.answer h3')).toBe(title);
    expect(text('.answer')).toContain('Su questo telefono non è cambiato niente.');
    expect(learned()).toEqual([known]);
    await bench.open();
    expect(learned()).toEqual([known]);
  });

  it('takes a code that was pasted', async () => {
    await press('Leggi l’altro');
    const field = page().querySelector<HTMLInputElement>('#exchange-code');
    const code = await codeOf(PERFORMANCE, { device: UGO, sequence: 5, counts: [1] });
    if (field !== null) {
      field.value = ` ${code.toLowerCase()}\n`;
      field.form?.dispatchEvent(new Event('submit', { cancelable: true }));
    }
    await vi.waitFor(() => {
      fixture.detectChanges();
      expect(text('.answer')).toContain('1 posto, alle 20:41');
    });
  });

  it('leaves out what others said before the code grows too large to be read', async () => {
    const crowd = Array.from({ length: 12 }, (_, index) => ({
      device: 20 + index,
      sequence: 1,
      counts: Array.from({ length: 400 }, () => 3),
    }));
    await bench.get(LearnedSections).learn(crowd);
    const shown = await bench.get(Alignment).show();
    expect(shown?.text.length).toBeLessThanOrEqual(LONGEST_CODE);
    const reader = { key: KEY, performance: PERFORMANCE, device: UGO, sequenceOf: () => null };
    const code = await read(shown?.text ?? '', reader);
    expect(code.ok && [code.from.device, code.news.length > 3]).toEqual([ME, true]);
  });

  it('has no code to show once the device was sent away, but still its scans to export', async () => {
    await bench.get(Outbox).add(record(1));
    bench
      .get(DeviceSessions)
      .refused({ code: 'device_revoked' } as never, `Door ${apiSession().token ?? ''}`);
    await vi.waitFor(() => {
      fixture.detectChanges();
      expect(text()).toContain('non ha una lista da allineare');
    });
    expect(text('azione-export-panel button')).toBe('Esporta 1 ingresso non consegnato');
  });
});
