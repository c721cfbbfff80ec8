import { ChangeDetectionStrategy, Component, computed, effect, inject, input } from '@angular/core';
import { MatIcon } from '@angular/material/icon';
import { RouterLink } from '@angular/router';
import { refreshWhileVisible } from '@azione/shared/ui/refresh';
import { IconName } from '@azione/shared/ui/icons';
import { verdictWords } from './check-words';
import { Preflight } from './preflight';

const LOOKS_AGAIN_EVERY = 30_000;

/** One line on the page of the door while it is still shut: ready for no network, or go and look. */
@Component({
  selector: 'azione-preflight-card',
  imports: [MatIcon, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (readiness(); as readiness) {
      <a [routerLink]="['/performances', performanceId(), 'ready']" [class]="readiness.verdict">
        <mat-icon [svgIcon]="icon()" aria-hidden="true" />
        <span>{{ verdict() }}</span>
        <mat-icon svgIcon="arrow-forward" aria-hidden="true" class="go" />
      </a>
    }
  `,
  styles: `
    a {
      display: grid;
      grid-template-columns: auto 1fr auto;
      gap: 0.75rem;
      align-items: center;
      min-height: 3.25rem;
      padding: 0.5rem 1rem;
      border: 2px solid var(--card-ink);
      border-radius: var(--mat-sys-corner-medium);
      background: var(--mat-sys-surface-container);
      color: inherit;
      font-weight: 600;
      line-height: 1.3;
      text-decoration: none;
      --card-ink: var(--mat-sys-outline);
    }

    .ready {
      --card-ink: var(--azione-good);
    }

    .almost {
      --card-ink: var(--azione-warn);
    }

    .missing {
      --card-ink: var(--mat-sys-error);
    }

    mat-icon {
      color: var(--card-ink);
    }

    .go {
      color: inherit;
    }
  `,
})
export class PreflightCard {
  readonly performanceId = input.required<number>();

  private readonly preflight = inject(Preflight);

  protected readonly readiness = this.preflight.readiness;
  protected readonly verdict = computed(() => {
    const readiness = this.readiness();
    return readiness === null ? '' : verdictWords(readiness);
  });
  protected readonly icon = computed<IconName>(() => {
    const verdict = this.readiness()?.verdict;
    return verdict === 'ready' ? 'check' : verdict === 'checking' ? 'clock' : 'warning';
  });

  constructor() {
    effect(() => {
      this.preflight.performanceId.set(this.performanceId());
    });
    void this.preflight.look();
    refreshWhileVisible(() => void this.preflight.look(), LOOKS_AGAIN_EVERY);
  }
}
