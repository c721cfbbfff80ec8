import {
  ChangeDetectionStrategy,
  Component,
  afterRenderEffect,
  computed,
  effect,
  inject,
  input,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { MatButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import { ActivatedRoute, Router, RouterLink } from '@angular/router';
import { Api } from '@azione/shared/api/generated/api';
import { listDoorPerformances } from '@azione/shared/api/generated/fn/door/list-door-performances';
import { injectLanguage } from '@azione/shared/api/language';
import { query } from '@azione/shared/api/query';
import { ApiTimePipe } from '@azione/shared/time/api-time-pipe';
import { ProblemPanel } from '@azione/shared/ui/problem-panel';
import { refreshWhileVisible } from '@azione/shared/ui/refresh';
import { Answer } from './answer';
import { Attempt } from './attempt';
import { DeviceForm } from './device-form';
import { DeviceName } from './device-name';
import { choosePerformance, forgetOpened, scanIdOfOpened } from './opened-ticket';
import { ScanBox } from './scan-box';
import { ScanFlow } from './scan-flow';
import { ScanLog } from './scan-log';
import { SeatsChoice } from './seats-choice';

const COUNTS_EVERY = 30_000;

@Component({
  selector: 'azione-scan-page',
  imports: [
    Answer,
    ApiTimePipe,
    DeviceForm,
    MatButton,
    MatIcon,
    ProblemPanel,
    RouterLink,
    ScanBox,
    ScanLog,
    SeatsChoice,
  ],
  providers: [ScanFlow],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './scan-page.html',
  styleUrl: './scan-page.scss',
  host: {
    '(document:keydown)': 'takeKey($event)',
    '(window:focus)': 'focusBox()',
  },
})
export class ScanPage {
  /** From the route. */
  readonly id = input.required<string>();

  private readonly api = inject(Api);
  private readonly router = inject(Router);
  private readonly language = injectLanguage();
  private readonly fragment = toSignal(inject(ActivatedRoute).fragment, { initialValue: null });
  private readonly box = viewChild(ScanBox);
  /** The ticket of the link whose answer is on its way or on the screen. */
  private opened: string | null = null;

  protected readonly flow = inject(ScanFlow);
  protected readonly device = inject(DeviceName);
  protected readonly isRenaming = signal(false);
  protected readonly code = signal('');

  protected readonly tonight = query({
    params: () => this.language,
    load: (language) => this.api.invoke(listDoorPerformances, { language }),
  });
  protected readonly performance = computed(() =>
    this.tonight.data()?.find((performance) => performance.id === Number(this.id())),
  );
  protected readonly needsName = computed(() => this.device.name() === '' || this.isRenaming());

  constructor() {
    refreshWhileVisible(() => {
      this.tonight.reload();
    }, COUNTS_EVERY);
    effect(() => {
      this.enterPerformance();
    });
    effect(() => {
      this.scanOpenedTicket();
    });
    effect(() => {
      if (this.flow.settled() > 0) {
        untracked(() => {
          this.tonight.reload();
        });
      }
    });
    effect(() => {
      this.forgetAnsweredTicket();
    });
    // After the page is drawn: while it is inert under an answer, nothing in it takes the focus.
    afterRenderEffect(() => {
      if (this.flow.view() === null) {
        this.box()?.focus();
      }
    });
    effect(() => {
      if (this.tonight.problem()?.code === 'not_authenticated') {
        untracked(() => {
          this.signIn();
        });
      }
    });
  }

  protected submit(): void {
    this.clearFragment();
    if (this.flow.submit(this.code())) {
      this.type('');
    }
  }

  protected dismiss(): void {
    this.flow.dismiss();
  }

  protected retryLogged(attempt: Attempt): void {
    this.flow.retry(attempt);
  }

  protected renamed(): void {
    this.isRenaming.set(false);
  }

  protected focusBox(): void {
    if (this.flow.view() === null) {
      this.box()?.focus();
    }
  }

  protected signIn(): void {
    void this.router.navigate(['/sign-in'], {
      queryParams: { next: `/performances/${this.id()}` },
      fragment: this.fragment() ?? undefined,
    });
  }

  /** A scanner is a keyboard that looks at no focus: what it types ends up in the box, always. */
  protected takeKey(event: KeyboardEvent): void {
    const isTyping = event.target instanceof HTMLInputElement && event.target.type !== 'radio';
    if (event.ctrlKey || event.metaKey || event.altKey || this.needsName()) {
      return;
    }
    const view = this.flow.view();
    if (view === null) {
      if (!isTyping && isText(event)) {
        event.preventDefault();
        this.type(this.code() + event.key);
        this.box()?.focus();
      }
    } else if (view.tone === 'go') {
      this.takeKeyOverSuccess(event);
    } else {
      this.takeKeyOverRefusal(event);
    }
  }

  /** Any key is enough; a letter is the first one of the next code. */
  private takeKeyOverSuccess(event: KeyboardEvent): void {
    if (isModifier(event)) {
      return;
    }
    event.preventDefault();
    if (event.key === 'Enter' && this.code() !== '') {
      this.submit();
      return;
    }
    if (isText(event)) {
      this.type(this.code() + event.key);
    }
    this.dismiss();
  }

  private takeKeyOverRefusal(event: KeyboardEvent): void {
    if (isText(event)) {
      event.preventDefault();
      this.type(this.code() + event.key);
    } else if (event.key === 'Backspace') {
      this.type(this.code().slice(0, -1));
    } else if (event.key === 'Enter' && this.code() !== '') {
      event.preventDefault();
      this.submit();
    } else if (event.key === 'Escape') {
      this.dismiss();
    }
  }

  /** Into the field at once: a scanner's next letter comes before the page is drawn again. */
  private type(code: string): void {
    this.code.set(code);
    this.box()?.put(code);
  }

  private enterPerformance(): void {
    const performance = this.performance();
    if (performance) {
      choosePerformance(performance.id);
      this.flow.performanceId.set(performance.id);
      this.flow.performanceCancelled.set(performance.cancelled);
    }
  }

  /** Once for each opening, and not before it is known where and by whom. */
  private scanOpenedTicket(): void {
    const ticket = this.fragment();
    if (
      ticket &&
      ticket !== this.opened &&
      this.flow.performanceId() !== null &&
      !this.needsName()
    ) {
      this.opened = ticket;
      untracked(() => {
        this.flow.submit(ticket, scanIdOfOpened(ticket));
      });
    }
  }

  /** Its answer was read, or has cleared itself: from here on a reload must not bring it back. */
  private forgetAnsweredTicket(): void {
    const isBusy = this.flow.view() !== null || this.flow.isAsking();
    if (this.opened !== null && !isBusy) {
      this.opened = null;
      untracked(() => {
        this.clearFragment();
      });
    }
  }

  private clearFragment(): void {
    if (this.fragment()) {
      forgetOpened();
      void this.router.navigate([], { replaceUrl: true });
    }
  }
}

function isText(event: KeyboardEvent): boolean {
  return event.key.length === 1 && event.key !== ' ';
}

function isModifier(event: KeyboardEvent): boolean {
  return ['Shift', 'CapsLock', 'Control', 'Alt', 'AltGraph', 'Meta'].includes(event.key);
}
