import { MOCK_PLATFORM_LOCATION_CONFIG } from '@angular/common/testing';
import { ApplicationRef, LOCALE_ID } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { Router } from '@angular/router';
import { App } from './app';
import { appConfig } from './app.config';

const ADDRESS = 'https://theatre.example/it/nowhere/7#TOKEN';

describe('App', () => {
  let base: HTMLBaseElement;

  beforeEach(() => {
    base = document.createElement('base');
    base.href = '/it/';
    document.head.prepend(base);
    TestBed.configureTestingModule({
      providers: [
        ...appConfig.providers,
        { provide: LOCALE_ID, useValue: 'it' },
        {
          provide: MOCK_PLATFORM_LOCATION_CONFIG,
          useValue: { startUrl: ADDRESS, appBaseHref: '/it/' },
        },
      ],
    });
  });

  afterEach(() => {
    base.remove();
  });

  it('keeps route and fragment in the link to the other language', async () => {
    const element = document.createElement('azione-root');
    document.body.append(element);
    const application = TestBed.inject(ApplicationRef);
    application.bootstrap(App, element);
    TestBed.inject(Router).initialNavigation();
    await application.whenStable();
    const link = element.querySelector<HTMLAnchorElement>('a[hreflang=en]');
    expect(link?.getAttribute('href')).toBe('/en/nowhere/7#TOKEN');
    expect(element.querySelector('a[hreflang=it]')?.getAttribute('aria-current')).toBe('true');
    expect(element.querySelector('h1')?.textContent).toBe('Questa pagina non c’è');
    element.remove();
  });
});
