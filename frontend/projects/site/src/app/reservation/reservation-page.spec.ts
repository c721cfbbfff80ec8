import { LOCALE_ID } from '@angular/core';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { ComponentFixture, TestBed } from '@angular/core/testing';
import { ActivatedRoute, provideRouter } from '@angular/router';
import { Reservation } from '@azione/shared/api/generated/models/reservation';
import { provideApi } from '@azione/shared/api/provide-api';
import { provideIcons } from '@azione/shared/ui/icons';
import { of } from 'rxjs';
import { ReservationPage } from './reservation-page';

const GET = '/api/v1/reservation/?language=it';
const NOTHING = {
  confirm: false,
  cancel: false,
  change_seats: false,
  resend: false,
  ticket: false,
};
const PENDING: Reservation = {
  reference: 'K7Q4MX',
  status: 'pending',
  seats: 3,
  name: 'Anna Bianchi',
  email_address: 'anna@example.org',
  language: 'it',
  hold_expires_at: new Date(Date.now() + 25.5 * 60_000).toISOString(),
  confirmed_at: null,
  email: { state: 'sent' },
  actions: { ...NOTHING, confirm: true, cancel: true, change_seats: true, resend: true },
  max_seats: 6,
  performance: {
    id: 7,
    starts_at: '2026-10-24T20:30:00+02:00',
    doors_open_at: '2026-10-24T20:00:00+02:00',
    booking: {
      state: 'open',
      opens_at: '2026-10-01T10:00:00+02:00',
      closes_at: '2026-10-24T19:30:00+02:00',
    },
    seats: { bookable: 40, left: 12, few: false },
    max_seats_per_reservation: 6,
    note: '',
    moved_from: null,
    show: { slug: 'macbeth', title: 'Macbeth', subtitle: '', poster: null },
    venue: { slug: 'cantina', name: 'La Cantina', address: 'Via del Teatro 1' },
  },
};

describe('ReservationPage', () => {
  let server: HttpTestingController;
  let fixture: ComponentFixture<ReservationPage>;
  let page: HTMLElement;

  async function open(fragment: string | null, reservation?: Reservation): Promise<void> {
    TestBed.configureTestingModule({
      providers: [
        provideApi(),
        provideHttpClientTesting(),
        provideIcons(),
        provideRouter([]),
        { provide: LOCALE_ID, useValue: 'it' },
        { provide: ActivatedRoute, useValue: { fragment: of(fragment) } },
      ],
    });
    server = TestBed.inject(HttpTestingController);
    fixture = TestBed.createComponent(ReservationPage);
    page = fixture.nativeElement as HTMLElement;
    fixture.detectChanges();
    if (reservation) {
      const request = server.expectOne(GET);
      expect(request.request.headers.get('Authorization')).toBe('Reservation TOKEN');
      request.flush(reservation);
    }
    await settle();
  }

  async function settle(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve));
    fixture.detectChanges();
    await new Promise((resolve) => setTimeout(resolve));
  }

  function button(name: string): HTMLButtonElement {
    const found = [...page.querySelectorAll('button')].find(
      (candidate) => candidate.textContent.trim() === name,
    );
    if (!found) {
      throw new Error(`No button "${name}" on the page`);
    }
    return found;
  }

  it('changes nothing by being opened; one click confirms, a second one is not sent', async () => {
    await open('TOKEN', PENDING);
    server.expectNone('/api/v1/reservation/confirm/?language=it');
    expect(page.textContent).toContain('Mancano 25 minuti.');
    button('Conferma').click();
    button('Conferma').click();
    await settle();
    server
      .expectOne('/api/v1/reservation/confirm/?language=it')
      .flush({ ...PENDING, status: 'confirmed', actions: { ...NOTHING, ticket: true } });
    await settle();
    expect(page.querySelector('h1')?.textContent).toBe('Ci vediamo a teatro');
    expect(server.expectOne('/api/v1/reservation/ticket.svg').request.responseType).toBe('blob');
  });

  it('says why confirming failed and reads anew what is possible', async () => {
    await open('TOKEN', PENDING);
    button('Conferma').click();
    await settle();
    server
      .expectOne('/api/v1/reservation/confirm/?language=it')
      .flush(
        { code: 'capacity_exceeded', seats_left: 0, few: false },
        { status: 409, statusText: 'Conflict' },
      );
    await settle();
    server.expectOne(GET).flush({ ...PENDING, status: 'expired', actions: NOTHING });
    await settle();
    expect(page.querySelector('[role=alert]')?.textContent).toContain('I posti sono finiti');
    expect(page.querySelector('h1')?.textContent).toBe('Il tempo per confermare è passato');
    expect(page.querySelector('a[href="/performances/7"]')?.textContent).toContain('di nuovo');
  });

  it('offers one click to an expired reservation whose seats are still there', async () => {
    await open('TOKEN', {
      ...PENDING,
      status: 'expired',
      actions: { ...NOTHING, confirm: true },
    });
    button('Prendi 3 posti').click();
    await settle();
    server.expectOne('/api/v1/reservation/confirm/?language=it');
  });

  it('says that the mail is late and sends it again', async () => {
    await open('TOKEN', { ...PENDING, email: { state: 'queued' } });
    expect(page.querySelector('azione-mail-notice')?.textContent).toContain('sta partendo');
    button('Manda di nuovo').click();
    await settle();
    server
      .expectOne('/api/v1/reservation/resend/?language=it')
      .flush(
        { code: 'too_many_requests', retry_after: 40 },
        { status: 429, statusText: 'Too Many' },
      );
    await settle();
    expect(page.querySelector('azione-mail-notice [role=alert]')?.textContent).toContain(
      'tra 40 secondi',
    );
  });

  it.each([
    ['sent', 'Ti abbiamo scritto di nuovo'],
    ['queued', 'parte appena il server di posta risponde'],
    ['failed', 'Il server di posta rifiuta il tuo indirizzo'],
  ] as const)('says what became of the mail that was asked for again: %s', async (state, words) => {
    await open('TOKEN', PENDING);
    button('Manda di nuovo').click();
    await settle();
    server
      .expectOne('/api/v1/reservation/resend/?language=it')
      .flush({ ...PENDING, email: { state } });
    await settle();
    expect(page.querySelector('[role=status]')?.textContent).toContain(words);
    expect(page.querySelector('azione-mail-notice')?.textContent).toContain(words);
  });

  it('leads on from a link that is not valid, and from one without a token', async () => {
    await open('TOKEN');
    server
      .expectOne(GET)
      .flush({ code: 'token_invalid' }, { status: 404, statusText: 'Not Found' });
    await settle();
    expect(page.querySelector('a[href="/find-reservation"]')).not.toBeNull();
    TestBed.resetTestingModule();
    await open(null);
    server.expectNone(GET);
    expect(page.querySelector('a[href="/find-reservation"]')).not.toBeNull();
  });
});
