import { HttpBackend } from '@angular/common/http';
import { Component, LOCALE_ID } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { Router, provideRouter } from '@angular/router';
import { RouterTestingHarness } from '@angular/router/testing';
import { doorInterceptor } from '@azione/shared/api/door-interceptor';
import { provideApi } from '@azione/shared/api/provide-api';
import { DeviceSessions } from '../device/device-session';
import { provideDoor } from '../offline/provide-door';
import { apiSession, doorList } from '../offline/testing/door-bench';
import { TheatreServer } from '../offline/testing/theatre-server';
import { requireScanner, straightToOwnDoor } from './require-scanner';

@Component({ template: '' })
class Page {}

describe('the guards of the door', () => {
  let server: TheatreServer;

  beforeEach(() => {
    vi.stubGlobal('indexedDB', undefined);
    Reflect.deleteProperty(globalThis, 'indexedDB');
    server = new TheatreServer(doorList([]), apiSession());
    TestBed.configureTestingModule({
      providers: [
        provideApi(doorInterceptor),
        { provide: HttpBackend, useValue: server },
        provideDoor(),
        provideRouter([
          { path: 'sign-in', component: Page },
          { path: '', pathMatch: 'full', canActivate: [straightToOwnDoor], component: Page },
          { path: 't', canActivate: [straightToOwnDoor, requireScanner], component: Page },
          { path: 'performances/:id', canActivate: [requireScanner], component: Page },
        ]),
        { provide: LOCALE_ID, useValue: 'it' },
      ],
    });
  });

  afterEach(() => {
    vi.unstubAllGlobals();
  });

  async function arriveAt(url: string): Promise<string> {
    await RouterTestingHarness.create(url);
    return TestBed.inject(Router).url;
  }

  it('let a paired phone straight to its door with no network at all, and its ticket along', async () => {
    await TestBed.inject(DeviceSessions).pairWithCode('ABCDEFGHJK', 'Marta');
    server.state = 'down';
    expect(await arriveAt('/t#TICKET')).toBe('/performances/7#TICKET');
    expect(server.callsTo('/staff/')).toHaveLength(0);
  });

  it('send those away who are nobody here, and keep their ticket out of the query', async () => {
    server.refusal = { path: '/staff/session/', status: 403, code: 'not_authenticated' };
    expect(await arriveAt('/t#TICKET')).toBe('/sign-in?next=%2Ft#TICKET');
  });
});
