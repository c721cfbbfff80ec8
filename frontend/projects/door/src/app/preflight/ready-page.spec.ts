import { ComponentFixture, TestBed } from '@angular/core/testing';
import { DeviceSessions } from '../device/device-session';
import { DoorBench, PERFORMANCE } from '../offline/testing/door-bench';
import { PreflightCard } from './preflight-card';
import { ReadyPage } from './ready-page';

/** jsdom is a poor phone: no HTTPS, no service worker, no camera. Just what the page is for. */
describe('ReadyPage', () => {
  let bench: DoorBench;
  let fixture: ComponentFixture<ReadyPage>;

  async function open(id = String(PERFORMANCE)): Promise<void> {
    fixture = TestBed.createComponent(ReadyPage);
    fixture.componentRef.setInput('id', id);
    await vi.waitFor(() => {
      fixture.detectChanges();
      expect(page().querySelector('li')).not.toBeNull();
    });
  }

  function page(): HTMLElement {
    return fixture.nativeElement as HTMLElement;
  }

  function titles(standing: string): string[] {
    return Array.from(page().querySelectorAll(`li.${standing} h2`)).map((one) => one.textContent);
  }

  it('says what is there and what is missing, the missing first', async () => {
    bench = await DoorBench.paired();
    await open();
    expect(page().querySelector('.verdict')?.textContent).toContain('Non ancora pronto');
    expect(titles('missing')).toContain('L’app non è ancora sul telefono');
    expect(titles('ok')).toContain('Il telefono è abbinato a questa replica');
    expect(titles('ok')).toContain('L’orologio va bene');
    const standings = Array.from(page().querySelectorAll('li')).map((li) => li.className);
    expect(standings.lastIndexOf('missing')).toBeLessThan(standings.indexOf('ok'));
  });

  it('loads the list on a tap', async () => {
    bench = await DoorBench.paired();
    const hour = 3_600_000; // gone by since the list came
    bench.server.clockOffsetMs = hour;
    await bench.get(DeviceSessions).refresh();
    await open();
    const before = bench.server.callsTo('/list/').length;
    expect(titles('warn')).toContainEqual(expect.stringContaining('La lista è di'));
    bench.server.list = {
      ...bench.server.list,
      made_at: new Date(Date.now() + hour).toISOString(),
    };
    await tap('Aggiorna la lista');
    await vi.waitFor(() => {
      fixture.detectChanges();
      expect(titles('ok')).toContain('La lista è sul telefono, aggiornata adesso');
    });
    expect(bench.server.callsTo('/list/').length).toBeGreaterThan(before);
  });

  it('tells of a phone that nobody has paired', async () => {
    bench = await DoorBench.fresh();
    await open();
    expect(titles('missing')).toContain('Il telefono non è abbinato a questa replica');
    expect(titles('missing')).toContain('La lista non è sul telefono');
  });

  it('tells of a phone that stands at another door', async () => {
    bench = await DoorBench.paired();
    await open('8');
    expect(titles('missing')).toContain('Il telefono non è abbinato a questa replica');
  });

  it('tells of a phone that the server does not know any more', async () => {
    bench = await DoorBench.paired();
    bench.server.refusal = { path: '/door/', status: 401, code: 'not_authenticated' };
    await bench
      .get(DeviceSessions)
      .refresh()
      .catch(() => undefined);
    await open();
    expect(titles('missing')).toContain('Il telefono non è abbinato a questa replica');
  });

  it('tells of a clock that is wrong, by how much', async () => {
    bench = await DoorBench.paired();
    bench.server.clockOffsetMs = 90_000;
    await bench.get(DeviceSessions).refresh();
    await open();
    expect(titles('warn')).toContain('L’orologio sbaglia di 90 s');
  });

  it('leads there with one line from the page of the door', async () => {
    bench = await DoorBench.paired();
    const card = TestBed.createComponent(PreflightCard);
    card.componentRef.setInput('performanceId', PERFORMANCE);
    const link = () => (card.nativeElement as HTMLElement).querySelector('a');
    await vi.waitFor(() => {
      card.detectChanges();
      expect(link()?.textContent).toContain('Non ancora pronto a lavorare senza rete');
    });
    expect(link()?.getAttribute('href')).toBe(`/performances/${PERFORMANCE}/ready`);
  });

  async function tap(label: string): Promise<void> {
    const buttons = Array.from(page().querySelectorAll('button'));
    buttons.find((button) => button.textContent.includes(label))?.click();
    await fixture.whenStable();
  }
});
