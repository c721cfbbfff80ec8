import {
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  computed,
  effect,
  inject,
  input,
  output,
  signal,
} from '@angular/core';
import { MatButton } from '@angular/material/button';
import { Reservation } from '@azione/shared/api/generated/models/reservation';
import { Problem } from '@azione/shared/api/problem';
import { ApiTimePipe } from '@azione/shared/time/api-time-pipe';
import { PageHeading } from '@azione/shared/ui/page-heading';
import { ProblemPanel } from '@azione/shared/ui/problem-panel';

const TICK = 10_000;
const MINUTE = 60_000;

/** A pending reservation: one button, and how long there is to press it. */
@Component({
  selector: 'azione-confirmation',
  imports: [ApiTimePipe, MatButton, PageHeading, ProblemPanel],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <p class="azione-overline" i18n="@@site.confirm.overline">Manca solo un clic</p>
    <h1 azionePageHeading i18n="@@site.confirm.heading">Confermi di venire?</h1>
    <p class="lead">
      <ng-container i18n="@@site.confirm.held">{reservation().seats, plural,
        =1 {Teniamo un posto}
        other {Teniamo {{ reservation().seats }} posti}
      }</ng-container>
      <ng-container i18n="@@site.confirm.until">
        a nome di <strong>{{ reservation().name }}</strong> fino alle
        {{ reservation().hold_expires_at | apiTime: 'time' }} di
        {{ reservation().hold_expires_at | apiTime: 'day' }}.</ng-container
      >
    </p>
    @if (reservation().actions.confirm) {
      <p class="left">
        <ng-container i18n="@@site.confirm.left">{minutesLeft(), plural,
          =0 {Manca meno di un minuto.}
          =1 {Manca un minuto.}
          other {Mancano {{ minutesLeft() }} minuti.}
        }</ng-container>
      </p>
      <button
        matButton="filled"
        class="confirm"
        type="button"
        [disabled]="running()"
        disabledInteractive
        (click)="confirmed.emit()"
        i18n="@@site.confirm.button"
      >
        Conferma
      </button>
    } @else {
      <p i18n="@@site.confirm.notPossible">
        Per questa replica non si può più confermare. Se hai dubbi, rispondi alla nostra e-mail.
      </p>
    }
    @if (problem(); as problem) {
      <azione-problem-panel [problem]="problem" [retryable]="false" />
    }
  `,
  styleUrl: './status.scss',
})
export class Confirmation {
  readonly reservation = input.required<Reservation>();
  readonly running = input.required<boolean>();
  readonly problem = input.required<Problem | null>();
  readonly confirmed = output();
  /** The hold has passed while the page was open. */
  readonly ranOut = output();

  private readonly now = signal(Date.now());
  private readonly millisecondsLeft = computed(
    () => Date.parse(this.reservation().hold_expires_at) - this.now(),
  );
  protected readonly minutesLeft = computed(() =>
    Math.max(0, Math.floor(this.millisecondsLeft() / MINUTE)),
  );

  constructor() {
    const timer = setInterval(() => {
      this.now.set(Date.now());
    }, TICK);
    inject(DestroyRef).onDestroy(() => {
      clearInterval(timer);
    });
    const isOver = computed(() => this.millisecondsLeft() <= 0);
    effect(() => {
      if (isOver()) {
        this.ranOut.emit();
      }
    });
  }
}
