import { HttpClient } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import { provideApi } from './provide-api';
import { withReservationToken } from './reservation-token';

describe('withReservationToken', () => {
  it('opens the one call it is given to and no other', () => {
    TestBed.configureTestingModule({ providers: [provideApi(), provideHttpClientTesting()] });
    const http = TestBed.inject(HttpClient);
    const server = TestBed.inject(HttpTestingController);
    http.get('/with', { context: withReservationToken('ABC') }).subscribe();
    http.get('/without').subscribe();
    expect(server.expectOne('/with').request.headers.get('Authorization')).toBe('Reservation ABC');
    expect(server.expectOne('/without').request.headers.has('Authorization')).toBe(false);
  });
});
