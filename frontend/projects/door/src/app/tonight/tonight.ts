import { ChangeDetectionStrategy, Component, effect, inject } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { MatButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import { ActivatedRoute, Router } from '@angular/router';
import { Api } from '@azione/shared/api/generated/api';
import { listDoorPerformances } from '@azione/shared/api/generated/fn/door/list-door-performances';
import { injectLanguage } from '@azione/shared/api/language';
import { query } from '@azione/shared/api/query';
import { ProblemPanel } from '@azione/shared/ui/problem-panel';
import { refreshWhileVisible } from '@azione/shared/ui/refresh';
import { PerformanceCard } from './performance-card';

const COUNTS_EVERY = 30_000;

/** Tonight's performances. With a ticket in the fragment, choosing one takes the ticket along. */
@Component({
  selector: 'azione-tonight',
  imports: [MatButton, MatIcon, PerformanceCard, ProblemPanel],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <section class="azione-page">
      <div class="top">
        <h1 i18n="@@door.tonight.heading">Stasera</h1>
        <button matButton="outlined" type="button" (click)="tonight.reload()">
          <mat-icon svgIcon="refresh" aria-hidden="true" />
          <ng-container i18n="@@door.tonight.refresh">Aggiorna</ng-container>
        </button>
      </div>
      @if (ticket()) {
        <p class="ticket">
          <mat-icon svgIcon="ticket" aria-hidden="true" />
          <span i18n="@@door.tonight.ticket"
            >Hai aperto un biglietto: scegli la replica e lo leggiamo subito.</span
          >
        </p>
      }
      @if (tonight.data(); as performances) {
        <ul>
          @for (performance of performances; track performance.id) {
            <li><azione-performance-card [performance]="performance" [ticket]="ticket()" /></li>
          } @empty {
            <li class="empty">
              <mat-icon svgIcon="curtain" aria-hidden="true" />
              <h2 i18n="@@door.tonight.empty">Stasera non si recita</h2>
              <p class="azione-muted" i18n="@@door.tonight.empty.next">
                Qui compaiono le repliche di oggi, fino alle cinque del mattino. Se ne aspettavi
                una, chiedi a chi gestisce il teatro se è pubblicata.
              </p>
            </li>
          }
        </ul>
      } @else if (tonight.problem(); as problem) {
        <azione-problem-panel [problem]="problem" (retry)="tonight.reload()" />
      } @else {
        <p role="status" i18n="@@door.tonight.loading">Cerco le repliche di stasera…</p>
      }
    </section>
  `,
  styles: `
    .top {
      display: flex;
      flex-wrap: wrap;
      gap: 0.5rem 1rem;
      align-items: center;
      justify-content: space-between;
      margin-bottom: 1rem;
    }

    h1 {
      margin: 0;
    }

    .top button {
      min-height: 3rem;
    }

    .ticket {
      display: flex;
      gap: 0.75rem;
      padding: 1rem;
      border-inline-start: 0.375rem solid var(--mat-sys-tertiary);
      background: var(--mat-sys-surface-container);
      max-width: none;
    }

    ul {
      display: grid;
      gap: 1rem;
      grid-template-columns: repeat(auto-fill, minmax(min(100%, 24rem), 1fr));
      margin: 0;
      padding: 0;
      list-style: none;
    }

    .ticket mat-icon {
      flex: none;
    }

    .empty {
      grid-column: 1 / -1;
      padding: 3rem 1rem;
      text-align: center;
    }

    .empty mat-icon {
      width: 4rem;
      height: 4rem;
      color: var(--mat-sys-primary);
    }

    .empty p {
      margin-inline: auto;
    }
  `,
})
export class Tonight {
  private readonly api = inject(Api);
  private readonly router = inject(Router);
  private readonly language = injectLanguage();

  protected readonly ticket = toSignal(inject(ActivatedRoute).fragment, { initialValue: null });
  protected readonly tonight = query({
    params: () => this.language,
    load: (language) => this.api.invoke(listDoorPerformances, { language }),
  });

  constructor() {
    refreshWhileVisible(() => {
      this.tonight.reload();
    }, COUNTS_EVERY);
    effect(() => {
      if (this.tonight.problem()?.code === 'not_authenticated') {
        void this.router.navigate(['/sign-in'], { preserveFragment: true });
      }
    });
  }
}
