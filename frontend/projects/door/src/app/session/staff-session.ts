import { Injectable, inject, signal } from '@angular/core';
import { Api } from '@azione/shared/api/generated/api';
import { getSession } from '@azione/shared/api/generated/fn/staff/get-session';
import { signIn } from '@azione/shared/api/generated/fn/staff/sign-in';
import { signOut } from '@azione/shared/api/generated/fn/staff/sign-out';
import { Session } from '@azione/shared/api/generated/models/session';
import { rememberStaff } from '@azione/shared/api/staff-hint';

/** Who is at the door. The cookie is Django's; this remembers what it answered last. */
@Injectable({ providedIn: 'root' })
export class StaffSession {
  private readonly api = inject(Api);
  private readonly answered = signal<Session | null>(null);

  readonly current = this.answered.asReadonly();

  /** Also brings the CSRF cookie, so it comes before any sign-in. */
  async load(): Promise<Session> {
    return this.keep(await this.api.invoke(getSession));
  }

  async signIn(username: string, password: string): Promise<Session> {
    return this.keep(await this.api.invoke(signIn, { body: { username, password } }));
  }

  async signOut(): Promise<void> {
    await this.api.invoke(signOut);
    this.answered.set(null);
    rememberStaff(false);
  }

  private keep(session: Session): Session {
    this.answered.set(session);
    rememberStaff(session.username !== null);
    return session;
  }
}
