import { HttpBackend } from '@angular/common/http';
import { Component, LOCALE_ID } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { Router, provideRouter, withComponentInputBinding } from '@angular/router';
import { RouterTestingHarness } from '@angular/router/testing';
import { doorInterceptor } from '@azione/shared/api/door-interceptor';
import { provideApi } from '@azione/shared/api/provide-api';
import { provideIcons } from '@azione/shared/ui/icons';
import { provideDoor } from '../offline/provide-door';
import { apiSession, doorList } from '../offline/testing/door-bench';
import { TheatreServer } from '../offline/testing/theatre-server';
import { PairPage } from './pair-page';

const PAIRINGS = '/door/pairings/';

@Component({ template: '' })
class Door {}

describe('PairPage', () => {
  let server: TheatreServer;
  let harness: RouterTestingHarness;

  async function open(url: string): Promise<void> {
    server = new TheatreServer(doorList([]), apiSession());
    TestBed.configureTestingModule({
      providers: [
        provideApi(doorInterceptor),
        { provide: HttpBackend, useValue: server },
        provideDoor(),
        provideIcons(),
        provideRouter(
          [
            { path: 'pair', component: PairPage },
            { path: 'performances/:id', component: Door },
          ],
          withComponentInputBinding(),
        ),
        { provide: LOCALE_ID, useValue: 'it' },
      ],
    });
    vi.stubGlobal('indexedDB', undefined);
    Reflect.deleteProperty(globalThis, 'indexedDB');
    harness = await RouterTestingHarness.create(url);
    await harness.fixture.whenStable();
  }

  afterEach(() => {
    localStorage.clear();
    vi.unstubAllGlobals();
  });

  function page(): HTMLElement {
    return harness.fixture.nativeElement as HTMLElement;
  }

  function field(id: string): HTMLInputElement | null {
    return page().querySelector<HTMLInputElement>(`#${id}`);
  }

  function write(id: string, text: string): void {
    const input = field(id);
    if (input !== null) {
      input.value = text;
      input.dispatchEvent(new Event('input'));
    }
  }

  async function send(): Promise<void> {
    page()
      .querySelector('form')
      ?.dispatchEvent(new Event('submit', { cancelable: true }));
    await vi.waitFor(() => {
      expect(page().querySelector('button[type=submit]')?.textContent).not.toContain('Abbino…');
    });
    await harness.fixture.whenStable();
  }

  function message(): string {
    return page().querySelector('.door-error')?.textContent ?? '';
  }

  it('takes the code of the link, and takes it out of the address', async () => {
    await open('/pair#ABCDE-FGHJK');
    expect(page().textContent).toContain('ABCDE-FGHJK');
    expect(field('pairing-code')).toBeNull();
    expect(TestBed.inject(Router).url).toBe('/pair');
  });

  it('pairs the phone under the name of its holder, and goes to its door', async () => {
    await open('/pair#ABCDE-FGHJK');
    await send();
    expect(page().textContent).toContain('Scrivi un nome, anche solo il tuo.');
    expect(server.callsTo(PAIRINGS)).toHaveLength(0);
    write('device-name', 'Marta, porta sinistra');
    await send();
    expect(server.callsTo(PAIRINGS)[0]?.body).toMatchObject({
      code: 'ABCDEFGHJK',
      name: 'Marta, porta sinistra',
    });
    await vi.waitFor(() => {
      expect(TestBed.inject(Router).url).toBe('/performances/7');
    });
  });

  it('wants all the letters of a code that is typed', async () => {
    await open('/pair');
    write('pairing-code', 'abcde');
    write('device-name', 'Marta');
    await send();
    expect(message()).toContain('tutte e dieci le lettere');
    expect(server.callsTo(PAIRINGS)).toHaveLength(0);
  });

  it('asks again with the same claim when there was no network', async () => {
    await open('/pair#ABCDE-FGHJK');
    write('device-name', 'Marta');
    server.state = 'losing';
    await send();
    expect(message()).toContain('serve la rete');
    server.state = 'up';
    await send();
    const [lost, again] = server.callsTo(PAIRINGS).map(({ body }) => body);
    expect(again).toEqual(lost);
  });

  it('says when a code is no good, and lets another one be typed', async () => {
    await open('/pair#ABCDE-FGHJK');
    write('device-name', 'Marta');
    server.refusal = { path: PAIRINGS, status: 404, code: 'pairing_code_invalid' };
    await send();
    expect(message()).toContain('più di dieci minuti');
    page().querySelector<HTMLButtonElement>('.code button')?.click();
    await harness.fixture.whenStable();
    expect(field('pairing-code')).not.toBeNull();
  });
});
