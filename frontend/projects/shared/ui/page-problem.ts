import { ChangeDetectionStrategy, Component, computed, input, output } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import { Problem } from '../api/problem';
import { PageHeading } from './page-heading';
import { ProblemPanel } from './problem-panel';

/** A whole page with nothing to show but why; what is not there is not there on a second try either. */
@Component({
  selector: 'azione-page-problem',
  imports: [MatButton, PageHeading, ProblemPanel, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <section class="azione-page azione-narrow">
      <h1 azionePageHeading>{{ heading() }}</h1>
      <azione-problem-panel
        [problem]="problem()"
        [retryable]="retryable()"
        (retry)="retry.emit()"
      />
      <div class="azione-actions">
        <ng-content />
        <a matButton routerLink="/" i18n="@@shared.problem.home">Vai al programma</a>
      </div>
    </section>
  `,
})
export class PageProblem {
  readonly heading = input.required<string>();
  readonly problem = input.required<Problem>();
  readonly retry = output();

  protected readonly retryable = computed(
    () => !['not_found', 'token_invalid'].includes(this.problem().code),
  );
}
