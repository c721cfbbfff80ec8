import { DOCUMENT, LOCALE_ID } from '@angular/core';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import { ActivatedRoute, provideRouter } from '@angular/router';
import { provideApi } from '@azione/shared/api/provide-api';
import { mayBeStaff, rememberStaff } from '@azione/shared/api/staff-hint';
import { provideIcons } from '@azione/shared/ui/icons';
import { of } from 'rxjs';
import { TicketCode } from './ticket-code';

const SESSION = '/api/v1/staff/session/';

describe('TicketCode', () => {
  const replace = vi.fn();
  let server: HttpTestingController;

  beforeEach(() => {
    localStorage.clear();
    replace.mockReset();
  });

  /** The page, with a document whose location only notes where it is sent. */
  function open(): HTMLElement {
    TestBed.configureTestingModule({
      providers: [
        provideApi(),
        provideHttpClientTesting(),
        provideIcons(),
        provideRouter([]),
        { provide: LOCALE_ID, useValue: 'it' },
        { provide: ActivatedRoute, useValue: { fragment: of('TICKET') } },
      ],
    });
    TestBed.overrideComponent(TicketCode, {
      set: {
        providers: [
          {
            provide: DOCUMENT,
            useValue: new Proxy(document, {
              get: (target, name) =>
                name === 'location' ? { replace } : (Reflect.get(target, name) as unknown),
            }),
          },
        ],
      },
    });
    server = TestBed.inject(HttpTestingController);
    const fixture = TestBed.createComponent(TicketCode);
    fixture.autoDetectChanges();
    return fixture.nativeElement as HTMLElement;
  }

  it('asks nothing about a guest, as the answer would leave a cookie', async () => {
    const page = open();
    await vi.waitFor(() => {
      expect(page.querySelector('h1')?.textContent).toBe('Questo è un biglietto');
    });
    server.expectNone(SESSION);
    expect(page.querySelector('.staff a')?.getAttribute('href')).toBe('/door/it/t#TICKET');
  });

  it('opens the door for whoever is signed in there', async () => {
    rememberStaff(true);
    open();
    server.expectOne(SESSION).flush({ username: 'rosa', can_scan: true, can_manage: false });
    await vi.waitFor(() => {
      expect(replace).toHaveBeenCalledExactlyOnceWith('/door/it/t#TICKET');
    });
  });

  it('asks no more once the session has run out', async () => {
    rememberStaff(true);
    const page = open();
    server.expectOne(SESSION).flush({ username: null, can_scan: false, can_manage: false });
    await vi.waitFor(() => {
      expect(page.querySelector('h1')).not.toBeNull();
    });
    expect(mayBeStaff()).toBe(false);
    expect(replace).not.toHaveBeenCalled();
  });
});
