import { HttpClient } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import { AnswersInPage, answersInPage } from './answers-in-page';
import { Api } from './generated/api';
import { getShow, listPerformances } from './generated/functions';
import { provideApi } from './provide-api';

describe('answersInPage', () => {
  let script: HTMLScriptElement;
  let server: HttpTestingController;
  let api: Api;

  beforeEach(() => {
    script = document.createElement('script');
    script.type = 'application/json';
    script.id = 'azione-answers';
    script.textContent = JSON.stringify({
      'performances/?show=macbeth': [{ id: 7 }],
      'shows/macbeth/': { slug: 'macbeth' },
    });
    document.body.append(script);
    TestBed.configureTestingModule({
      providers: [provideApi(answersInPage), provideHttpClientTesting()],
    });
    server = TestBed.inject(HttpTestingController);
    api = TestBed.inject(Api);
  });

  afterEach(() => {
    script.remove();
    server.verify();
  });

  const listed = () =>
    api.invoke(listPerformances, {
      show: 'macbeth',
      from: '2026-11-29T20:00:00.000Z',
      language: 'it',
    });

  it('answers what the page brought along, without asking the server', async () => {
    expect(await listed()).toEqual([{ id: 7 }]);
    expect(await api.invoke(getShow, { slug: 'macbeth', language: 'it' })).toEqual({
      slug: 'macbeth',
    });
  });

  it('is good once', async () => {
    await listed();
    void listed();
    server.expectOne(({ url }) => url.endsWith('/performances/')).flush([]);
  });

  it('is of now: a page that the browser kept for Back asks again', () => {
    const kept = { type: 'back_forward' } as PerformanceNavigationTiming;
    vi.spyOn(performance, 'getEntriesByType').mockReturnValueOnce([kept]);
    void listed();
    server.expectOne(({ url }) => url.endsWith('/performances/'));
  });

  it('is of this page only', () => {
    TestBed.inject(AnswersInPage).forget();
    void listed();
    server.expectOne(({ url }) => url.endsWith('/performances/'));
  });

  it('leaves alone what is not public and what writes', () => {
    void api.invoke(getShow, { slug: 'macbeth', language: 'it', Authorization: 'Preview x' });
    server.expectOne(({ url }) => url.endsWith('/shows/macbeth/'));
    TestBed.inject(HttpClient).post('/api/v1/shows/macbeth/', {}).subscribe();
    server.expectOne(({ method }) => method === 'POST');
  });
});
