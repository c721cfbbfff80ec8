import {
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  inject,
  input,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import { Router, RouterLink } from '@angular/router';
import { Api } from '@azione/shared/api/generated/api';
import { listDoorPerformances } from '@azione/shared/api/generated/fn/door/list-door-performances';
import { injectLanguage } from '@azione/shared/api/language';
import { problemMessage } from '@azione/shared/api/problem-message';
import { query } from '@azione/shared/api/query';
import { toProblem } from '@azione/shared/api/to-problem';
import { ApiTimePipe } from '@azione/shared/time/api-time-pipe';
import { ProblemPanel } from '@azione/shared/ui/problem-panel';
import { DeviceName } from '../device/device-name';
import { DeviceSessions, UndeliveredScans } from '../device/device-session';
import { NameField } from '../device/name-field';

/** Staff who have signed in: with a name their phone becomes one of this performance's doors. */
@Component({
  selector: 'azione-staff-entry',
  imports: [ApiTimePipe, MatButton, MatIcon, NameField, ProblemPanel, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './staff-entry.html',
  styleUrl: './staff-entry.scss',
})
export class StaffEntry {
  readonly id = input.required<number>();

  private readonly api = inject(Api);
  private readonly router = inject(Router);
  private readonly language = injectLanguage();
  private readonly sessions = inject(DeviceSessions);
  private readonly deviceName = inject(DeviceName);
  private readonly field = viewChild(NameField);

  protected readonly name = signal(this.deviceName.name());
  protected readonly isMissing = signal(false);
  protected readonly isSending = signal(false);
  protected readonly message = signal('');

  protected readonly tonight = query({
    params: () => this.language,
    load: (language) => this.api.invoke(listDoorPerformances, { language }),
  });
  protected readonly performance = computed(() =>
    this.tonight.data()?.find((performance) => performance.id === this.id()),
  );

  constructor() {
    effect(() => {
      this.field()?.focus();
    });
    effect(() => {
      if (this.tonight.problem()?.code === 'not_authenticated') {
        untracked(() => {
          this.signIn();
        });
      }
    });
  }

  protected async enter(event: Event): Promise<void> {
    event.preventDefault();
    this.isMissing.set(this.name().trim() === '');
    if (this.isMissing() || this.isSending()) {
      return;
    }
    this.isSending.set(true);
    this.message.set('');
    this.deviceName.rename(this.name());
    try {
      await this.sessions.pairAsStaff(this.id(), this.deviceName.name());
    } catch (error) {
      this.explain(error);
    } finally {
      this.isSending.set(false);
    }
  }

  private explain(error: unknown): void {
    if (error instanceof UndeliveredScans) {
      this.message.set(
        $localize`:@@door.entry.undelivered:Su questo telefono ci sono ancora ingressi di un’altra porta da consegnare: prima consegnali, o esportali.`,
      );
      return;
    }
    const problem = toProblem(error);
    if (problem.code === 'not_authenticated') {
      this.signIn();
    } else {
      this.message.set(problemMessage(problem));
    }
  }

  private signIn(): void {
    void this.router.navigate(['/sign-in'], {
      queryParams: { next: `/performances/${this.id()}` },
      preserveFragment: true,
    });
  }
}
