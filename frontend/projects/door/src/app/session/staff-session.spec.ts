import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import { provideApi } from '@azione/shared/api/provide-api';
import { mayBeStaff } from '@azione/shared/api/staff-hint';
import { StaffSession } from './staff-session';

const URL = '/api/v1/staff/session/';
const ROSA = { username: 'rosa', can_scan: true, can_manage: false };

describe('StaffSession', () => {
  let session: StaffSession;
  let server: HttpTestingController;

  beforeEach(() => {
    localStorage.clear();
    TestBed.configureTestingModule({ providers: [provideApi(), provideHttpClientTesting()] });
    session = TestBed.inject(StaffSession);
    server = TestBed.inject(HttpTestingController);
  });

  async function signIn(): Promise<void> {
    const answered = session.signIn('rosa', 'secret');
    server.expectOne({ method: 'POST', url: URL }).flush(ROSA);
    await answered;
  }

  it('tells the site of this browser who is in, and who has left', async () => {
    expect(mayBeStaff()).toBe(false);
    await signIn();
    expect(mayBeStaff()).toBe(true);
    const left = session.signOut();
    server.expectOne({ method: 'DELETE', url: URL }).flush(null);
    await left;
    expect(mayBeStaff()).toBe(false);
    expect(session.current()).toBeNull();
  });

  it('takes it back when the session has run out', async () => {
    await signIn();
    const loaded = session.load();
    server
      .expectOne({ method: 'GET', url: URL })
      .flush({ username: null, can_scan: false, can_manage: false });
    await loaded;
    expect(mayBeStaff()).toBe(false);
  });
});
