import { effect, inject, untracked } from '@angular/core';
import { DoorSignals } from '../camera/door-signals';
import { ScanFlow } from './scan-flow';

/** Each new answer is heard and felt, too; a question is a knock. */
export function playAnswers(flow: ScanFlow): void {
  const signals = inject(DoorSignals);
  effect(() => {
    const tone = flow.question() === null ? flow.view()?.tone : 'ask';
    if (tone !== undefined) {
      untracked(() => {
        signals.play(tone);
      });
    }
  });
}
