import {
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  inject,
  input,
  signal,
} from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import { RouterLink } from '@angular/router';
import { refreshWhileVisible } from '@azione/shared/ui/refresh';
import { IconName } from '@azione/shared/ui/icons';
import { checkWords, verdictWords } from './check-words';
import { Preflight } from './preflight';
import { Check, Standing, Verdict } from './readiness';

const LOOKS_AGAIN_EVERY = 5_000;

/** Before the doors open: is this phone ready for a room without a network, and if not, what is to do. */
@Component({
  selector: 'azione-ready-page',
  imports: [MatButton, MatIcon, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './ready-page.html',
  styleUrl: './ready-page.scss',
})
export class ReadyPage {
  /** From the route. */
  readonly id = input.required<string>();

  private readonly preflight = inject(Preflight);

  protected readonly isBusy = signal(false);
  protected readonly readiness = this.preflight.readiness;
  protected readonly verdict = computed(() => {
    const readiness = this.readiness();
    return readiness === null ? null : verdictWords(readiness);
  });
  protected readonly checks = computed(() =>
    [...(this.readiness()?.checks ?? [])].sort(byUrgency).map((check) => ({
      ...check,
      ...checkWords(check, this.preflight.details()),
      icon: ICONS[check.standing],
    })),
  );

  constructor() {
    effect(() => {
      this.preflight.performanceId.set(Number(this.id()));
    });
    void this.preflight.keepStorage();
    refreshWhileVisible(() => void this.preflight.look(), LOOKS_AGAIN_EVERY);
  }

  protected iconOf(verdict: Verdict): IconName {
    return VERDICT_ICONS[verdict];
  }

  /** What a tap can put right, here and now. */
  protected actionFor({ name, trouble }: Check): Action | null {
    return trouble === null ? null : (ACTIONS[`${name}.${trouble}`] ?? null);
  }

  protected async act(action: Action): Promise<void> {
    this.isBusy.set(true);
    try {
      await this.preflight[action]();
    } finally {
      this.isBusy.set(false);
    }
  }
}

const URGENCY: readonly Standing[] = ['missing', 'warn', 'ask', 'wait', 'ok'];

/** What there is to do comes first; within it the order in which it is to be done. */
function byUrgency(one: Check, other: Check): number {
  return URGENCY.indexOf(one.standing) - URGENCY.indexOf(other.standing);
}

type Action = 'refreshList' | 'allowCamera' | 'testSound';

const ACTIONS: Readonly<Record<string, Action | undefined>> = {
  'list.none': 'refreshList',
  'list.old': 'refreshList',
  'clock.unheard': 'refreshList',
  'camera.unasked': 'allowCamera',
  'sound.untried': 'testSound',
  'sound.failed': 'testSound',
};

const ICONS: Readonly<Record<Standing, IconName>> = {
  ok: 'check',
  wait: 'clock',
  ask: 'info',
  warn: 'warning',
  missing: 'close',
};

const VERDICT_ICONS: Readonly<Record<Verdict, IconName>> = {
  ready: 'check',
  checking: 'clock',
  almost: 'warning',
  missing: 'close',
};
