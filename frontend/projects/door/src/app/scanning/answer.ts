import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  effect,
  inject,
  input,
  output,
  viewChild,
} from '@angular/core';
import { MatIcon } from '@angular/material/icon';
import { AnswerView } from './answer-view';

/**
 * The answer over the whole screen: colour, the shape around the sign and the word each tell it
 * alone. The live region is always there, so that a screen reader hears what is put in.
 */
@Component({
  selector: 'azione-answer',
  imports: [MatIcon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './answer.html',
  styleUrl: './answer.scss',
  host: {
    '[class]': 'view()?.tone ?? "none"',
    '[attr.role]': 'view() ? "dialog" : null',
    '[attr.aria-modal]': 'view() ? true : null',
    '[attr.aria-labelledby]': 'view() ? "answer-title" : null',
    '[attr.data-tone]': 'view()?.tone',
    '(click)': 'tapAnywhere()',
  },
})
export class Answer {
  readonly view = input.required<AnswerView | null>();
  /** What a scanner has typed since: it goes to the next scan. */
  readonly typed = input('');

  readonly dismissed = output();
  readonly restAdmitted = output();
  readonly retried = output();
  readonly signInWanted = output();
  /** How many to begin with. */
  readonly exceptionWanted = output<number>();

  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private readonly firstButton = viewChild<ElementRef<HTMLButtonElement>>('first');

  constructor() {
    effect(() => {
      this.view();
      // The last one may have been read to its end.
      this.host.scrollTop = 0;
    });
    effect(() => {
      // Where words and buttons need more than the screen, the words come first.
      this.firstButton()?.nativeElement.focus({ preventScroll: true });
    });
  }

  /** Good news goes at a touch; what must be read goes by its button only. */
  protected tapAnywhere(): void {
    if (this.view()?.tone === 'go') {
      this.dismissed.emit();
    }
  }
}
