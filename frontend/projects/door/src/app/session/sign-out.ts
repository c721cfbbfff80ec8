import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import { MatIconButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import { Router } from '@angular/router';
import { StaffSession } from './staff-session';

/** In the bar at the top while somebody is in. Says so when the server did not hear it. */
@Component({
  selector: 'azione-sign-out',
  imports: [MatIcon, MatIconButton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (session.current()?.username; as username) {
      <span class="name">{{ username }}</span>
      <button
        matIconButton
        type="button"
        aria-label="Esci"
        i18n-aria-label="@@door.signOut.label"
        (click)="leave()"
      >
        <mat-icon svgIcon="sign-out" aria-hidden="true" />
      </button>
    }
    @if (hasFailed()) {
      <span role="alert" class="failed" i18n="@@door.signOut.failed"
        >Sei ancora dentro: riprova.</span
      >
    }
  `,
  styles: `
    :host {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      justify-content: end;
    }

    .name {
      font-size: 0.9375rem;
      overflow-wrap: anywhere;
    }

    .failed {
      color: var(--mat-sys-error);
      font-size: 0.875rem;
    }

    @media (max-width: 30rem) {
      .name {
        display: none;
      }
    }
  `,
})
export class SignOut {
  protected readonly session = inject(StaffSession);
  private readonly router = inject(Router);
  protected readonly hasFailed = signal(false);

  protected async leave(): Promise<void> {
    this.hasFailed.set(false);
    try {
      await this.session.signOut();
      await this.router.navigateByUrl('/sign-in');
    } catch {
      this.hasFailed.set(true);
    }
  }
}
