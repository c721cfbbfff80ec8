import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  computed,
  effect,
  input,
  output,
  viewChild,
} from '@angular/core';
import { MatIcon } from '@angular/material/icon';
import { PartyQuestion } from './scan-flow';

/** A good ticket for several: one touch says how many of them are here. */
@Component({
  selector: 'azione-party-question',
  imports: [MatIcon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './party-question.html',
  styleUrl: './party-question.scss',
  host: {
    role: 'dialog',
    'aria-modal': 'true',
    'aria-labelledby': 'party-title party-inside party-guest',
  },
})
export class PartyQuestionView {
  readonly question = input.required<PartyQuestion>();
  /** What a scanner has typed since: it goes to the next scan. */
  readonly typed = input('');

  readonly chosen = output<number>();
  readonly dismissed = output();

  private readonly all = viewChild.required<ElementRef<HTMLButtonElement>>('all');
  protected readonly fewer = computed(() =>
    Array.from({ length: this.question().left - 1 }, (_, index) => index + 1),
  );

  constructor() {
    effect(() => {
      // Where words and buttons need more than the screen, the words come first.
      this.all().nativeElement.focus({ preventScroll: true });
    });
  }
}
