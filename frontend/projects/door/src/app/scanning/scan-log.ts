import { ChangeDetectionStrategy, Component, input, output } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import { ApiTimePipe } from '@azione/shared/time/api-time-pipe';
import { Attempt } from './attempt';
import { LoggedScan } from './scan-flow';
import { onTheatreClock } from './theatre-clock';

/** The last answers of this phone: a success that has cleared itself can be read again. */
@Component({
  selector: 'azione-scan-log',
  imports: [ApiTimePipe, MatButton, MatIcon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <h2 i18n="@@door.log.heading">Ultime letture</h2>
    @if (log().length > 0) {
      <ul>
        @for (scan of log(); track scan.key) {
          <li [class]="scan.view.tone">
            <mat-icon [svgIcon]="scan.view.icon" aria-hidden="true" />
            <div>
              <strong>{{ scan.view.title }}</strong>
              <p>
                {{ scan.view.name }}
                <span class="azione-muted">{{ scan.view.reference || scan.code }}</span>
              </p>
              @if (scan.view.party) {
                <p class="azione-muted">{{ scan.view.party }}</p>
              }
            </div>
            <time>{{ onClock(scan.at) | apiTime: 'time' }}</time>
            @if (scan.unsettled; as attempt) {
              <button
                matButton="outlined"
                type="button"
                (click)="retried.emit(attempt)"
                i18n="@@door.log.retry"
              >
                Riprova
              </button>
            }
          </li>
        }
      </ul>
    } @else {
      <p class="azione-muted" i18n="@@door.log.empty">
        Qui compaiono i biglietti letti da questo dispositivo.
      </p>
    }
  `,
  styles: `
    h2 {
      font-size: 1.375rem;
    }

    ul {
      display: grid;
      gap: 0.5rem;
      margin: 0;
      padding: 0;
      list-style: none;
    }

    li {
      display: grid;
      grid-template-columns: auto 1fr auto;
      gap: 0.25rem 0.75rem;
      align-items: start;
      padding: 0.625rem 0.75rem;
      border-inline-start: 0.375rem solid var(--log-ink);
      border-radius: var(--mat-sys-corner-extra-small);
      background: var(--mat-sys-surface-container);
      --log-ink: var(--mat-sys-outline);
    }

    li.go {
      --log-ink: var(--azione-good);
    }

    li.ask {
      --log-ink: var(--azione-warn);
    }

    li.stop {
      --log-ink: var(--mat-sys-error);
    }

    mat-icon {
      color: var(--log-ink);
    }

    p {
      margin: 0;
      overflow-wrap: anywhere;
    }

    time {
      font-variant-numeric: tabular-nums;
    }

    button {
      grid-column: 2 / -1;
      justify-self: start;
    }
  `,
})
export class ScanLog {
  readonly log = input.required<readonly LoggedScan[]>();
  /** Any time the API wrote for this performance: it has the theatre's offset. */
  readonly clock = input.required<string>();
  readonly retried = output<Attempt>();

  protected onClock(moment: Date): string {
    return onTheatreClock(moment, this.clock());
  }
}
