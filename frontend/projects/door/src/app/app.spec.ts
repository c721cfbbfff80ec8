import { LOCALE_ID } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { Router } from '@angular/router';
import { App } from './app';
import { appConfig } from './app.config';

describe('App', () => {
  let base: HTMLBaseElement;

  beforeEach(() => {
    base = document.createElement('base');
    base.href = '/door/it/';
    document.head.prepend(base);
    TestBed.configureTestingModule({
      providers: [...appConfig.providers, { provide: LOCALE_ID, useValue: 'it' }],
    });
  });

  afterEach(() => {
    base.remove();
  });

  it('keeps route and fragment in the link to the other language', async () => {
    const fixture = TestBed.createComponent(App);
    await TestBed.inject(Router).navigateByUrl('/nowhere/7#TOKEN');
    await fixture.whenStable();
    const element = fixture.nativeElement as HTMLElement;
    const link = element.querySelector<HTMLAnchorElement>('a[hreflang=en]');
    expect(link?.getAttribute('href')).toBe('/door/en/nowhere/7#TOKEN');
    expect(element.querySelector('a[hreflang=it]')?.getAttribute('aria-current')).toBe('true');
    expect(element.querySelector('h1')?.textContent).toBe('Questa pagina non c’è');
  });
});
