import { ChangeDetectionStrategy, Component, inject, input, signal } from '@angular/core';
import { Api } from '../api/generated/api';
import { getVenue } from '../api/generated/functions';
import { injectLanguage } from '../api/language';
import { query } from '../api/query';
import { ProblemPanel } from '../ui/problem-panel';
import { Entrance } from './entrance';

/** How to reach a venue and get in. One line until it is opened, and only then asked for. */
@Component({
  selector: 'azione-getting-there',
  imports: [Entrance, ProblemPanel],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <details #details (toggle)="opened.set(opened() || details.open)">
      <summary i18n="@@shared.venue.gettingThere">Come arrivare e accessibilità</summary>
      @if (venue.data(); as venue) {
        <div [innerHTML]="venue.directions_html"></div>
        @if (venue.map_url) {
          <p>
            <a [href]="venue.map_url" target="_blank" rel="noreferrer" i18n="@@shared.venue.map"
              >Apri la mappa (in un’altra scheda)</a
            >
          </p>
        }
        <div class="access">
          <azione-entrance [stepFree]="venue.step_free_access" />
          <div [innerHTML]="venue.access_html"></div>
        </div>
      } @else if (venue.problem(); as problem) {
        <azione-problem-panel [problem]="problem" (retry)="venue.reload()" />
      } @else {
        <p role="status" class="azione-muted" i18n="@@shared.venue.loading">Un attimo…</p>
      }
    </details>
  `,
  styles: `
    :host {
      display: block;
      margin-top: 0.5rem;
    }

    summary {
      width: fit-content;
      padding-block: 0.625rem;
      color: var(--mat-sys-primary);
      font-weight: 650;
      cursor: pointer;
    }

    details[open] {
      padding: 0 1.25rem 1.25rem;
      border: 1px solid var(--mat-sys-outline-variant);
      background: var(--mat-sys-surface-container-lowest);
    }

    .access {
      padding-top: 1rem;
      border-top: 1px solid var(--mat-sys-outline-variant);
    }

    .access ::ng-deep p:last-child {
      margin-bottom: 0;
    }
  `,
})
export class GettingThere {
  /** The venue's slug. */
  readonly of = input.required<string>();

  private readonly api = inject(Api);
  private readonly language = injectLanguage();

  protected readonly opened = signal(false);
  protected readonly venue = query({
    params: () => (this.opened() ? this.of() : undefined),
    load: (slug) => this.api.invoke(getVenue, { slug, language: this.language }),
  });
}
