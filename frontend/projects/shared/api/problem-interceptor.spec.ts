import { HttpClient } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import { firstValueFrom } from 'rxjs';
import { Problem } from './problem';
import { provideApi } from './provide-api';

describe('problemInterceptor', () => {
  let http: HttpClient;
  let server: HttpTestingController;

  beforeEach(() => {
    TestBed.configureTestingModule({ providers: [provideApi(), provideHttpClientTesting()] });
    http = TestBed.inject(HttpClient);
    server = TestBed.inject(HttpTestingController);
  });

  function failureOf(request: Promise<unknown>): Promise<unknown> {
    return request.then(
      () => 'no failure',
      (error: unknown) => error,
    );
  }

  it('reads code, seats left and field errors of a problem document', async () => {
    const failure = failureOf(firstValueFrom(http.post('/api/v1/x', {})));
    server.expectOne('/api/v1/x').flush(
      {
        code: 'capacity_exceeded',
        seats_left: 2,
        errors: [{ field: 'seats', code: 'max_value', message: 'Too many.' }, 'rubbish'],
      },
      { status: 409, statusText: 'Conflict' },
    );
    const problem = await failure;
    expect(problem).toBeInstanceOf(Problem);
    expect(problem).toMatchObject({ code: 'capacity_exceeded', status: 409, seatsLeft: 2 });
    expect((problem as Problem).errors).toEqual([
      { field: 'seats', code: 'max_value', message: 'Too many.' },
    ]);
    expect((problem as Problem).forField('seats')?.code).toBe('max_value');
  });

  it('calls a lost answer network', async () => {
    const failure = failureOf(firstValueFrom(http.get('/api/v1/x')));
    server.expectOne('/api/v1/x').error(new ProgressEvent('error'));
    expect(await failure).toMatchObject({ code: 'network', status: 0 });
  });

  it('does not believe a page of the proxy, nor a code it does not know', async () => {
    const page = failureOf(firstValueFrom(http.get('/api/v1/page')));
    const unknown = failureOf(firstValueFrom(http.get('/api/v1/unknown')));
    server
      .expectOne('/api/v1/page')
      .flush('<html>Bad gateway</html>', { status: 502, statusText: 'Bad Gateway' });
    server
      .expectOne('/api/v1/unknown')
      .flush({ code: 'toString' }, { status: 418, statusText: 'Teapot' });
    expect(await page).toMatchObject({ code: 'internal_error', status: 502 });
    expect(await unknown).toMatchObject({ code: 'internal_error', status: 418 });
  });

  it('reads the problem of a request that wanted a blob', async () => {
    const failure = failureOf(firstValueFrom(http.get('/t.svg', { responseType: 'blob' })));
    server
      .expectOne('/t.svg')
      .flush(new Blob(['{"code":"token_invalid"}']), { status: 404, statusText: 'Not Found' });
    expect(await failure).toMatchObject({ code: 'token_invalid', status: 404 });
  });

  it('takes the waiting time from the header when the body has none', async () => {
    const failure = failureOf(firstValueFrom(http.get('/api/v1/x')));
    server
      .expectOne('/api/v1/x')
      .flush(
        { code: 'busy' },
        { status: 503, statusText: 'Busy', headers: { 'Retry-After': '3' } },
      );
    expect(await failure).toMatchObject({ code: 'busy', retryAfter: 3 });
  });

  it('sends the CSRF cookie back in the header that Django reads', () => {
    document.cookie = 'csrftoken=abc123';
    http.post('/api/v1/staff/session/', {}).subscribe();
    const { request } = server.expectOne('/api/v1/staff/session/');
    expect(request.headers.get('X-CSRFToken')).toBe('abc123');
  });
});
