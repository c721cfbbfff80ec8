import { LOCALE_ID } from '@angular/core';
import {
  HttpTestingController,
  TestRequest,
  provideHttpClientTesting,
} from '@angular/common/http/testing';
import { ComponentFixture, TestBed } from '@angular/core/testing';
import { Router, provideRouter } from '@angular/router';
import { Performance } from '@azione/shared/api/generated/models/performance';
import { ReserveRequest } from '@azione/shared/api/generated/models/reserve-request';
import { provideApi } from '@azione/shared/api/provide-api';
import { provideIcons } from '@azione/shared/ui/icons';
import { Reserve } from './reserve';

const PERFORMANCE: Performance = {
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
};
const RESERVED = {
  reference: 'K7Q4MX',
  status: 'pending',
  seats: 3,
  hold_expires_at: '2026-10-20T21:00:00+02:00',
  email: { state: 'sent' },
};
const POST = '/api/v1/performances/7/reservations/';

describe('Reserve', () => {
  let server: HttpTestingController;
  let fixture: ComponentFixture<Reserve>;
  let page: HTMLElement;

  beforeEach(() => {
    sessionStorage.clear();
    TestBed.configureTestingModule({
      providers: [
        provideApi(),
        provideHttpClientTesting(),
        provideIcons(),
        provideRouter([{ path: '**', children: [] }]),
        { provide: LOCALE_ID, useValue: 'it' },
      ],
    });
  });

  async function open(performance: Performance = PERFORMANCE): Promise<void> {
    server = TestBed.inject(HttpTestingController);
    // Not the first page, whose form comes piece by piece.
    const router = TestBed.inject(Router);
    await router.navigateByUrl('/');
    await router.navigateByUrl('/performances/7');
    fixture = TestBed.createComponent(Reserve);
    fixture.componentRef.setInput('id', '7');
    page = fixture.nativeElement as HTMLElement;
    fixture.detectChanges();
    await answerPerformance(performance);
  }

  async function answerPerformance(performance: Performance): Promise<void> {
    fixture.detectChanges();
    server.expectOne('/api/v1/performances/7/?language=it').flush(performance);
    await settle();
  }

  async function settle(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve));
    fixture.detectChanges();
    await new Promise((resolve) => setTimeout(resolve));
  }

  function write(selector: string, value: string): void {
    const field = page.querySelector<HTMLInputElement>(selector);
    if (!field) {
      throw new Error(`No ${selector} on the page`);
    }
    field.value = value;
    field.dispatchEvent(new Event('input'));
  }

  function fillIn(): void {
    write('[data-field=name] input', 'Anna Bianchi');
    write('[data-field=email] input', 'anna@example.org');
    page.querySelector<HTMLElement>('[data-field=privacy_accepted] input')?.click();
    button('Un posto in più').click();
    button('Un posto in più').click();
  }

  function button(name: string): HTMLButtonElement {
    const found = [...page.querySelectorAll('button')].find(
      (candidate) =>
        candidate.getAttribute('aria-label') === name || candidate.textContent.trim() === name,
    );
    if (!found) {
      throw new Error(`No button "${name}" on the page`);
    }
    return found;
  }

  async function submit(): Promise<void> {
    page.querySelector('form')?.dispatchEvent(new Event('submit'));
    await settle();
  }

  function keyOf(request: TestRequest): string | null {
    return request.request.headers.get('Idempotency-Key');
  }

  async function refuse(request: TestRequest, status: number, body: object): Promise<void> {
    request.flush(body, { status, statusText: 'Refused' });
    await settle();
  }

  it('sends one request for a double click, and leaves no form to come back to', async () => {
    await open();
    const navigate = vi.spyOn(TestBed.inject(Router), 'navigate').mockResolvedValue(true);
    fillIn();
    await submit();
    await submit();
    const request = server.expectOne(POST);
    expect(request.request.body).toMatchObject({ name: 'Anna Bianchi', seats: 3, language: 'it' });
    request.flush(RESERVED, { status: 201, statusText: 'Created' });
    await settle();
    expect(navigate).toHaveBeenCalledExactlyOnceWith(['/performances', '7', 'sent'], {
      replaceUrl: true,
    });
    expect(sessionStorage.getItem('azione.draft.7')).toBeNull();
    expect(sessionStorage.getItem('azione.receipt.7')).toContain('K7Q4MX');
  });

  it('repeats a lost request unchanged after a reload, though the last seats are gone', async () => {
    await open();
    vi.spyOn(TestBed.inject(Router), 'navigate').mockResolvedValue(true);
    fillIn();
    await submit();
    const lost = server.expectOne(POST);
    lost.error(new ProgressEvent('error'));
    await settle();
    expect(page.textContent).toContain('Non sappiamo se la richiesta è arrivata.');

    fixture.destroy();
    await open({
      ...PERFORMANCE,
      booking: { ...PERFORMANCE.booking, state: 'sold_out' },
      seats: { bookable: 40, left: 0, few: false },
    });
    button('Riprova').click();
    await settle();
    const again = server.expectOne(POST);
    expect(keyOf(again)).toBe(keyOf(lost));
    expect(again.request.body).toEqual(lost.request.body);
  });

  it('shows a field error at its field and puts the focus there', async () => {
    await open();
    document.body.append(page);
    fillIn();
    await submit();
    await refuse(server.expectOne(POST), 400, {
      code: 'validation_failed',
      errors: [{ field: 'email', code: 'invalid', message: 'No.' }],
    });
    expect(page.querySelector('[data-field=email] mat-error')?.textContent).toContain(
      'Non sembra un indirizzo e-mail',
    );
    expect(document.activeElement).toBe(page.querySelector('[data-field=email] input'));
    page.remove();
  });

  it('asks for what is missing without sending anything', async () => {
    await open();
    await submit();
    server.expectNone(POST);
    expect(page.querySelectorAll('mat-error')).toHaveLength(2);
    expect(page.querySelector('#privacy-hint')?.textContent).toContain('devi accettare');
  });

  it('offers the seats that are left, under a new key', async () => {
    await open();
    fillIn();
    await submit();
    const first = server.expectOne(POST);
    await refuse(first, 409, { code: 'capacity_exceeded', seats_left: 2 });
    button('Prenota i 2 posti rimasti').click();
    await settle();
    const second = server.expectOne(POST);
    expect((second.request.body as ReserveRequest).seats).toBe(2);
    expect(keyOf(second)).not.toBe(keyOf(first));
  });

  it('leads to the reservation that this form has already made', async () => {
    await open();
    fillIn();
    await submit();
    const lost = server.expectOne(POST);
    lost.error(new ProgressEvent('error'));
    await settle();
    button('Un posto in più').click();
    await submit();
    await refuse(server.expectOne(POST), 422, { code: 'idempotency_key_reused' });
    button('Vai alla prenotazione già fatta').click();
    await settle();
    expect(server.expectOne(POST).request.body).toEqual(lost.request.body);
  });

  it.each(['cancelled', 'expired'])(
    'keeps the form filled in, under a new key, when what it made is %s',
    async (status) => {
      await open();
      vi.spyOn(TestBed.inject(Router), 'navigate').mockResolvedValue(true);
      fillIn();
      await submit();
      const lost = server.expectOne(POST);
      await refuse(lost, 503, { code: 'busy', retry_after: 1 });
      expect(page.textContent).toContain('Non sappiamo se la richiesta è arrivata.');
      button('Riprova').click();
      await settle();
      const again = server.expectOne(POST);
      expect(keyOf(again)).toBe(keyOf(lost));
      again.flush({ ...RESERVED, status }, { status: 201, statusText: 'Created' });
      await settle();
      const draft = sessionStorage.getItem('azione.draft.7');
      expect(draft).toContain('Anna Bianchi');
      expect(draft).not.toContain(keyOf(lost));
      expect(sessionStorage.getItem('azione.receipt.7')).toContain(status);
    },
  );

  it('puts the reason in the place of the form when booking has closed', async () => {
    await open();
    fillIn();
    await submit();
    await refuse(server.expectOne(POST), 409, { code: 'performance_closed' });
    await answerPerformance({
      ...PERFORMANCE,
      booking: { ...PERFORMANCE.booking, state: 'closed' },
    });
    expect(page.querySelector('form')).toBeNull();
    expect(page.textContent).toContain('Le prenotazioni sono chiuse');
  });

  it('has no form for what is sold out from the start', async () => {
    await open({ ...PERFORMANCE, booking: { ...PERFORMANCE.booking, state: 'sold_out' } });
    expect(page.querySelector('form')).toBeNull();
    expect(page.querySelector('.why h2')?.textContent).toBe('Tutto esaurito');
  });
});
