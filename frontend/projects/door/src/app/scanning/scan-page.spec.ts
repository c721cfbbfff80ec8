import { HttpBackend } from '@angular/common/http';
import { LOCALE_ID } from '@angular/core';
import { ComponentFixture, TestBed } from '@angular/core/testing';
import { provideRouter } from '@angular/router';
import { doorInterceptor } from '@azione/shared/api/door-interceptor';
import { DeviceSession } from '@azione/shared/api/generated/models/device-session';
import { provideApi } from '@azione/shared/api/provide-api';
import { provideIcons } from '@azione/shared/ui/icons';
import { DeviceSessions } from '../device/device-session';
import { DoorLists } from '../door-list/door-lists';
import { ScanAnswer } from '../offline/scan-answer';
import { provideDoor } from '../offline/provide-door';
import { apiSession, doorList, row } from '../offline/testing/door-bench';
import { TheatreServer } from '../offline/testing/theatre-server';
import { ScanPage } from './scan-page';

const SCANS = '/performances/7/scans/';

describe('ScanPage', () => {
  let fixture: ComponentFixture<ScanPage>;
  let server: TheatreServer;

  beforeEach(() => {
    // A phone that can keep nothing: the server decides, and nothing here waits for a disk.
    vi.stubGlobal('indexedDB', undefined);
    Reflect.deleteProperty(globalThis, 'indexedDB');
  });

  afterEach(() => {
    page().remove();
    vi.unstubAllGlobals();
  });

  /** A phone at its door, with a party of four, one who comes alone, and one who is in already. */
  async function open(session: Partial<DeviceSession> = {}): Promise<void> {
    const rows = [
      row(),
      row({ slot: 1, reference: 'ABCDEF', name: 'Nicolò De Luc.', seats: 1 }),
      row({ slot: 2, reference: 'QQQQQQ', name: 'Franca Val.', seats: 1, admitted: 1 }),
    ];
    const counts = { expected: 6, admitted: 1, walk_ins: 0, inside: 1, left: 3, conflicts: 0 };
    server = new TheatreServer(doorList(rows, { counts }), apiSession(session));
    TestBed.configureTestingModule({
      providers: [
        provideApi(doorInterceptor),
        { provide: HttpBackend, useValue: server },
        provideDoor(),
        provideIcons(),
        provideRouter([]),
        { provide: LOCALE_ID, useValue: 'it' },
      ],
    });
    await TestBed.inject(DeviceSessions).pairWithCode('ABCDEFGHJK', 'Marta');
    await TestBed.inject(DoorLists).refresh();
    fixture = TestBed.createComponent(ScanPage);
    fixture.componentRef.setInput('id', '7');
    document.body.append(page());
    await fixture.whenStable();
  }

  function page(): HTMLElement {
    return fixture.nativeElement as HTMLElement;
  }

  function box(): HTMLInputElement {
    const field = page().querySelector<HTMLInputElement>('#scan-code');
    if (field === null) {
      throw new Error('There is no box.');
    }
    return field;
  }

  function press(key: string): void {
    document.body.dispatchEvent(
      new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }),
    );
  }

  /** As a scanner does it: to whatever has the focus, faster than the page is drawn. */
  function wedge(text: string): void {
    [...Array.from(text), 'Enter'].forEach(press);
  }

  function typeAndSubmit(text: string): void {
    box().value = text;
    box().dispatchEvent(new Event('input'));
    box().form?.dispatchEvent(new Event('submit', { cancelable: true }));
  }

  /** What the server will say, and the code it will say it to; resolves when the answer is drawn. */
  async function scan(code: string, changes: Partial<ScanAnswer>): Promise<void> {
    server.answer = changes;
    const before = server.callsTo(SCANS).length;
    typeAndSubmit(code);
    await server.heard(SCANS, before + 1);
    await fixture.whenStable();
  }

  function lastScan(): Record<string, unknown> {
    return server.callsTo(SCANS).at(-1)?.body as Record<string, unknown>;
  }

  function title(): string | undefined {
    return page().querySelector('[role=dialog]')?.querySelector('h2')?.textContent.trim();
  }

  function button(text: string): HTMLButtonElement {
    const found = [...page().querySelectorAll('button')].find((one) =>
      one.textContent.includes(text),
    );
    if (found === undefined) {
      throw new Error(`There is no button «${text}».`);
    }
    return found;
  }

  it('has the focus in the box, and shows the counts', async () => {
    await open();
    expect(document.activeElement).toBe(box());
    const text = page().textContent.replace(/\s+/g, ' ');
    expect(text).toContain('1 entrati di 6 attesi');
    expect(text).toContain('ne mancano 5');
    expect(text).toContain('3 posti liberi');
    expect(text).toContain('In rete');
  });

  it('shows a refusal and starts the next scan with what a scanner types over it', async () => {
    await open();
    await scan('K7Q4MZ', { outcome: 'cancelled' });
    expect(title()).toBe('Annullata');
    expect(box().value).toBe('');

    server.answer = { seats_admitted: 1 };
    const before = server.callsTo(SCANS).length;
    wedge('ABCDEF');
    await server.heard(SCANS, before + 1);
    await fixture.whenStable();
    expect(lastScan()).toMatchObject({ reference: 'ABCDEF' });
    expect(title()).toContain('Avanti');
  });

  it('takes the first letter of the next code as the end of a success', async () => {
    await open();
    await scan('ABCDEF', { seats_admitted: 1 });
    press('Q');
    await fixture.whenStable();
    expect(title()).toBeUndefined();
    expect(box().value).toBe('Q');
    expect(document.activeElement).toBe(box());
  });

  it('closes a refusal with Escape only, or its button', async () => {
    await open();
    await scan('K7Q4MZ', { outcome: 'unknown' });
    page().querySelector<HTMLElement>('azione-answer')?.click();
    await fixture.whenStable();
    expect(title()).toBe('Non trovato');
    press('Escape');
    await fixture.whenStable();
    expect(title()).toBeUndefined();
    expect(document.activeElement).toBe(box());
  });

  it('asks how many of a party come in, and never takes the Enter of a scanner for an answer', async () => {
    await open();
    typeAndSubmit('K7Q4MX');
    await fixture.whenStable();
    expect(title()).toBe('4 posti');
    wedge('ABCDEF');
    await fixture.whenStable();
    expect(server.callsTo(SCANS)).toHaveLength(0);
    expect(title()).toBe('4 posti');

    button('Fanne entrare 3').click();
    await server.heard(SCANS, 2);
    const scans = server.callsTo(SCANS).map(({ body }) => body as Record<string, unknown>);
    expect(scans).toMatchObject([{ reference: 'K7Q4MX', seats: 3 }, { reference: 'ABCDEF' }]);
  });

  it('finds a guest by a few letters', async () => {
    await open();
    typeAndSubmit('nicolo');
    await fixture.whenStable();
    expect(server.callsTo(SCANS)).toHaveLength(0);
    const found = page().querySelector<HTMLButtonElement>('azione-name-results button');
    expect(found?.textContent).toContain('Nicolò De Luc.');
    await vi.waitFor(() => {
      expect(document.activeElement).toBe(found);
    });
    found?.click();
    await server.heard(SCANS);
    expect(lastScan()).toMatchObject({ reference: 'ABCDEF' });
  });

  it('takes an admission back with a reason only', async () => {
    await open();
    await scan('ABCDEF', { seats_admitted: 1 });
    const admitted = lastScan();
    press('Escape');
    await fixture.whenStable();
    button('Annulla ingresso').click();
    await fixture.whenStable();
    button('Annulla l’ingresso').click();
    await fixture.whenStable();
    expect(page().textContent).toContain('Scegli un motivo, o scrivilo.');
    button('Letto per sbaglio').click();
    await fixture.whenStable();
    server.answer = { outcome: 'undone' };
    button('Annulla l’ingresso').click();
    await server.heard(SCANS, 2);
    await fixture.whenStable();
    expect(lastScan()).toMatchObject({
      kind: 'undo',
      undoes: admitted['scan_id'],
      reason: 'Letto per sbaglio',
    });
    expect(title()).toBe('Annullato');
  });

  it('lets in as many without a reservation as the phone was allowed, without a reason', async () => {
    await open({ walk_in_allowance: 2 });
    button('Senza prenotazione').click();
    await fixture.whenStable();
    expect(page().querySelector('azione-reason-field')).toBeNull();
    server.answer = { seats_admitted: 1 };
    button('Fai entrare 1 persona').click();
    await server.heard(SCANS);
    expect(lastScan()).toMatchObject({ kind: 'walk_in', seats: 1 });
    expect(lastScan()).not.toHaveProperty('reason');
  });

  it('says who lets in people without a reservation where this phone may not', async () => {
    await open({ walk_in_allowance: 0 });
    expect(page().querySelector('azione-walk-ins button')).toBeNull();
    expect(page().textContent).toContain('li fa entrare solo chi gestisce la sala');
  });

  it('lets a manager admit more than the party, with a reason', async () => {
    await open({ can_manage: true });
    await scan('QQQQQQ', { outcome: 'already_admitted' });
    button('Fai entrare comunque').click();
    await fixture.whenStable();
    button('Sono venuti in più').click();
    await fixture.whenStable();
    button('Fai entrare 1 persona').click();
    await server.heard(SCANS, 2);
    expect(lastScan()).toMatchObject({
      reference: 'QQQQQQ',
      seats: 1,
      reason: 'Sono venuti in più',
    });
  });

  it('says so when the phone was sent away, and shows no guest any more', async () => {
    await open();
    server.refusal = { path: '/list/', status: 401, code: 'device_revoked' };
    await TestBed.inject(DoorLists).refresh();
    await fixture.whenStable();
    expect(page().querySelector('h1')?.textContent).toContain('non è più alla porta');
    expect(page().querySelector('#scan-code')).toBeNull();
    expect(page().textContent).toContain('sono arrivati al teatro');
  });
});
