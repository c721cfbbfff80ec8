import { LOCALE_ID } from '@angular/core';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import { provideRouter } from '@angular/router';
import { provideApi } from '@azione/shared/api/provide-api';
import { Receipt, ReceiptStore } from './receipt';
import { Sent } from './sent';

const RECEIPT: Receipt = {
  reference: 'K7Q4MX',
  status: 'pending',
  seats: 3,
  email: 'anna@example.org',
  emailState: 'sent',
  holdExpiresAt: '2026-10-20T21:00:00+02:00',
  showTitle: 'Macbeth',
  startsAt: '2026-10-24T20:30:00+02:00',
};

describe('Sent', () => {
  async function open(receipt: Partial<Receipt>): Promise<HTMLElement> {
    sessionStorage.clear();
    TestBed.configureTestingModule({
      providers: [
        provideApi(),
        provideHttpClientTesting(),
        provideRouter([]),
        { provide: LOCALE_ID, useValue: 'it' },
      ],
    });
    TestBed.inject(ReceiptStore).keep('7', { ...RECEIPT, ...receipt });
    const fixture = TestBed.createComponent(Sent);
    fixture.componentRef.setInput('id', '7');
    fixture.detectChanges();
    await new Promise((resolve) => setTimeout(resolve));
    fixture.detectChanges();
    return fixture.nativeElement as HTMLElement;
  }

  it('sends to the mailbox while there is something to confirm', async () => {
    const page = await open({});
    expect(page.querySelector('h1')?.textContent).toBe('Guarda nella posta');
    expect(page.textContent).toContain('Confermi entro');
  });

  it('asks for nothing more when the reservation is confirmed', async () => {
    const page = await open({ status: 'confirmed' });
    expect(page.querySelector('h1')?.textContent).toContain('La prenotazione è già confermata');
    expect(page.textContent).toContain('Il biglietto è nella tua posta');
    expect(page.textContent).not.toContain('Confermi entro');
    expect(page.textContent).not.toContain('Manca un passo');
  });

  it('asks for the confirmation also while the mail has not left', async () => {
    const lead = (await open({ emailState: 'queued' })).querySelector('.lead')?.textContent;
    expect(lead).toContain('sta partendo');
    expect(lead).toContain('solo allora il posto è tuo');
  });

  it('does not say that a ticket is there while its mail has not left', async () => {
    const page = await open({ status: 'confirmed', emailState: 'queued' });
    expect(page.querySelector('.lead')?.textContent).toContain('sta partendo');
    expect(page.textContent).not.toContain('Il biglietto è nella tua posta');
  });

  it.each([
    ['cancelled', 'Questa prenotazione è annullata'],
    ['expired', 'Questa prenotazione è scaduta'],
  ] as const)('offers to reserve again what is %s', async (status, heading) => {
    const page = await open({ status });
    expect(page.querySelector('h1')?.textContent).toBe(heading);
    expect(page.querySelector('a[href="/performances/7"]')?.textContent).toBe('Prenota di nuovo');
    expect(page.textContent).not.toContain('Guarda nella posta');
  });

  it('does not let wait for a mail that the mail server refuses', async () => {
    const page = await open({ emailState: 'failed' });
    expect(page.textContent).toContain('il server di posta rifiuta l’indirizzo');
    expect(page.textContent).not.toContain('sta partendo');
  });

  it('promises no more of another mail than is known', async () => {
    const page = await open({});
    const again = [...page.querySelectorAll('button')].find((button) =>
      button.textContent.includes('Mandami di nuovo'),
    );
    again?.click();
    TestBed.inject(HttpTestingController).expectOne('/api/v1/reservations/resend/').flush({});
    await vi.waitFor(() => {
      TestBed.tick();
      expect(page.querySelector('[role=status]')?.textContent).toContain(
        'se la prenotazione è ancora valida, l’e-mail parte appena possibile',
      );
    });
  });
});
