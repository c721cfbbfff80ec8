import { LOCALE_ID } from '@angular/core';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { ComponentFixture, TestBed } from '@angular/core/testing';
import { Venue } from '../api/generated/models/venue';
import { provideApi } from '../api/provide-api';
import { provideIcons } from '../ui/icons';
import { GettingThere } from './getting-there';

const GET = '/api/v1/venues/cantina/?language=it';
const CANTINA: Venue = {
  slug: 'cantina',
  name: 'La Cantina',
  address: 'Vicolo dei Bottai 3',
  map_url: 'https://maps.example.org/cantina',
  directions_html: '<p>Dietro la fontana.</p>',
  step_free_access: false,
  access_html: '<p>Diciotto gradini.</p>',
  capacity: 40,
  pictures: [],
};

describe('GettingThere', () => {
  let server: HttpTestingController;
  let fixture: ComponentFixture<GettingThere>;
  let element: HTMLElement;

  beforeEach(() => {
    TestBed.configureTestingModule({
      providers: [
        provideApi(),
        provideHttpClientTesting(),
        provideIcons(),
        { provide: LOCALE_ID, useValue: 'it' },
      ],
    });
    server = TestBed.inject(HttpTestingController);
    fixture = TestBed.createComponent(GettingThere);
    fixture.componentRef.setInput('of', 'cantina');
    fixture.detectChanges();
    element = fixture.nativeElement as HTMLElement;
  });

  function toggle(open: boolean): void {
    const details = element.querySelector('details');
    if (details) {
      details.open = open;
      details.dispatchEvent(new Event('toggle'));
    }
    fixture.detectChanges();
  }

  async function settle(): Promise<void> {
    await fixture.whenStable();
    fixture.detectChanges();
  }

  it('asks for the venue when it is opened, and once', async () => {
    server.expectNone(GET);
    toggle(true);
    server.expectOne(GET).flush(CANTINA);
    await settle();
    toggle(false);
    toggle(true);
    server.expectNone(GET);
    expect(element.textContent).toContain('Dietro la fontana.');
    expect(element.querySelector('a')?.href).toBe(CANTINA.map_url);
    expect(element.querySelector('.access')?.textContent).toContain('Per entrare ci sono gradini');
    expect(element.querySelector('.access')?.textContent).toContain('Diciotto gradini.');
  });

  it('says so where there are no steps', async () => {
    toggle(true);
    server.expectOne(GET).flush({ ...CANTINA, step_free_access: true, map_url: '' });
    await settle();
    expect(element.querySelector('.access')?.textContent).toContain('Si entra senza gradini');
    expect(element.querySelector('a')).toBeNull();
  });

  it('can be tried again', async () => {
    toggle(true);
    server.expectOne(GET).error(new ProgressEvent('error'));
    await settle();
    element.querySelector<HTMLButtonElement>('azione-problem-panel button')?.click();
    fixture.detectChanges();
    server.expectOne(GET);
  });
});
