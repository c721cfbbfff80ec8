import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  computed,
  inject,
  input,
  signal,
  viewChild,
} from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import { ActivatedRoute, Router, RouterLink } from '@angular/router';
import { Problem } from '@azione/shared/api/problem';
import { problemMessage } from '@azione/shared/api/problem-message';
import { toProblem } from '@azione/shared/api/to-problem';
import { ProblemPanel } from '@azione/shared/ui/problem-panel';
import { StaffSession } from './staff-session';

/** Signing in, and what to do for those who are in but may not scan. */
@Component({
  selector: 'azione-sign-in',
  imports: [MatButton, MatIcon, ProblemPanel, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './sign-in.html',
  styleUrl: './sign-in.scss',
})
export class SignIn {
  /** From the query string: where one wanted to go. */
  readonly next = input<string>();

  protected readonly session = inject(StaffSession);
  private readonly router = inject(Router);
  private readonly route = inject(ActivatedRoute);
  private readonly username = viewChild<ElementRef<HTMLInputElement>>('username');

  protected readonly isLoading = signal(true);
  protected readonly isSending = signal(false);
  protected readonly loadProblem = signal<Problem | null>(null);
  protected readonly message = signal('');
  protected readonly isSecretShown = signal(false);
  protected readonly lacksPermission = computed(() => {
    const session = this.session.current();
    return session?.username ? !session.can_scan : false;
  });

  constructor() {
    void this.load();
  }

  protected async load(): Promise<void> {
    this.isLoading.set(true);
    this.loadProblem.set(null);
    try {
      const session = await this.session.load();
      if (session.can_scan) {
        await this.goOn();
      }
    } catch (error) {
      this.loadProblem.set(toProblem(error));
    } finally {
      this.isLoading.set(false);
    }
  }

  protected async send(event: Event, username: string, password: string): Promise<void> {
    event.preventDefault();
    if (this.isSending()) {
      return;
    }
    if (username.trim() === '' || password === '') {
      this.message.set($localize`:@@door.signIn.missing:Scrivi nome utente e password.`);
      return;
    }
    this.isSending.set(true);
    this.message.set('');
    try {
      const session = await this.session.signIn(username.trim(), password);
      if (session.can_scan) {
        await this.goOn();
      }
    } catch (error) {
      this.message.set(signInMessage(toProblem(error)));
      this.username()?.nativeElement.focus();
    } finally {
      this.isSending.set(false);
    }
  }

  protected async useAnotherAccount(): Promise<void> {
    try {
      await this.session.signOut();
      await this.load();
    } catch (error) {
      this.loadProblem.set(toProblem(error));
    }
  }

  private async goOn(): Promise<void> {
    const next = this.next();
    const target = this.router.parseUrl(next?.startsWith('/') ? next : '/');
    target.fragment = this.route.snapshot.fragment;
    await this.router.navigateByUrl(target, { replaceUrl: true });
  }
}

/** Like everywhere, but a wrong password and a pause are the everyday cases here. */
function signInMessage(problem: Problem): string {
  if (problem.code === 'too_many_requests') {
    const minutes = Math.max(1, Math.ceil((problem.retryAfter ?? 900) / 60));
    return minutes === 1
      ? $localize`:@@door.signIn.lockedOne:Troppe password sbagliate: l’accesso è fermo per un minuto. Intanto chiedi la password giusta a chi gestisce il teatro.`
      : $localize`:@@door.signIn.locked:Troppe password sbagliate: l’accesso è fermo per ${minutes}:minutes: minuti. Intanto chiedi la password giusta a chi gestisce il teatro.`;
  }
  // Longer than any name or password can be: something else was pasted.
  const isTooLong = problem.code === 'validation_failed';
  return problemMessage(isTooLong ? new Problem({ code: 'sign_in_failed', status: 400 }) : problem);
}
