import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { ComponentFixture, TestBed } from '@angular/core/testing';
import { provideRouter } from '@angular/router';
import { provideApi } from '@azione/shared/api/provide-api';
import { FindReservation } from './find-reservation';

const POST = '/api/v1/reservations/resend/';

describe('FindReservation', () => {
  let server: HttpTestingController;
  let fixture: ComponentFixture<FindReservation>;
  let page: HTMLElement;

  beforeEach(() => {
    TestBed.configureTestingModule({
      providers: [provideApi(), provideHttpClientTesting(), provideRouter([])],
    });
    server = TestBed.inject(HttpTestingController);
    fixture = TestBed.createComponent(FindReservation);
    page = fixture.nativeElement as HTMLElement;
    fixture.detectChanges();
  });

  async function send(address: string): Promise<void> {
    const field = page.querySelector('input');
    if (!field) {
      throw new Error('No field on the page');
    }
    field.value = address;
    field.dispatchEvent(new Event('input'));
    page.querySelector('form')?.dispatchEvent(new Event('submit'));
    await settle();
  }

  async function settle(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve));
    fixture.detectChanges();
    await new Promise((resolve) => setTimeout(resolve));
  }

  it('answers without saying whether there are reservations', async () => {
    await send(' anna@example.org ');
    const request = server.expectOne(POST);
    expect(request.request.body).toEqual({ email: 'anna@example.org' });
    request.flush('{}', { status: 202, statusText: 'Accepted' });
    await settle();
    expect(page.querySelector('h1')?.textContent).toBe('Guarda nella posta');
    expect(page.textContent).toContain('Se con l’indirizzo anna@example.org ci sono prenotazioni');
  });

  it('shows a wrong address at the field and keeps it', async () => {
    await send('a@b');
    server.expectOne(POST).flush(
      {
        code: 'validation_failed',
        errors: [{ field: 'email', code: 'invalid', message: 'No.' }],
      },
      { status: 400, statusText: 'Bad Request' },
    );
    await settle();
    expect(page.querySelector('mat-error')?.textContent).toContain('Non sembra un indirizzo');
    expect(page.querySelector('input')?.value).toBe('a@b');
  });
});
