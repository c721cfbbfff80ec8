import { ChangeDetectionStrategy, Component, computed, input, output } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import { Problem } from '../api/problem';
import { problemMessage } from '../api/problem-message';
import { IconName } from './icons';

/** Says what went wrong where the content would have been, and offers to try again. */
@Component({
  selector: 'azione-problem-panel',
  imports: [MatButton, MatIcon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div role="alert">
      <mat-icon [svgIcon]="icon()" aria-hidden="true" />
      <p>{{ message() }}</p>
    </div>
    @if (retryable()) {
      <button matButton="outlined" type="button" (click)="retry.emit()">
        <mat-icon svgIcon="refresh" aria-hidden="true" />
        <ng-container i18n="@@shared.problem.retry">Riprova</ng-container>
      </button>
    }
  `,
  styles: `
    :host {
      display: grid;
      gap: 1rem;
      justify-items: start;
      padding: 1.25rem;
      border-inline-start: 4px solid var(--mat-sys-error);
      background: var(--mat-sys-surface-container);
    }

    div {
      display: grid;
      grid-template-columns: auto 1fr;
      gap: 0.75rem;
      align-items: start;
    }

    div mat-icon {
      color: var(--mat-sys-error);
    }

    p {
      margin: 0;
    }
  `,
})
export class ProblemPanel {
  readonly problem = input.required<Problem>();
  readonly retryable = input(true);
  readonly retry = output();

  protected readonly message = computed(() => problemMessage(this.problem()));
  protected readonly icon = computed<IconName>(() =>
    this.problem().code === 'network' ? 'offline' : 'error',
  );
}
