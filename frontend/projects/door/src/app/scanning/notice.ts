import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import { MatIcon } from '@angular/material/icon';
import { IconName } from '@azione/shared/ui/icons';

/** A word in passing: nothing has to be done about it, and the queue goes on. */
export interface Notice {
  readonly icon: IconName;
  readonly title: string;
  readonly text: string | null;
}

/** Over the viewfinder for a few seconds. Told politely, and never takes the focus. */
@Component({
  selector: 'azione-notice',
  imports: [MatIcon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { role: 'status' },
  template: `
    @if (notice(); as notice) {
      <div class="notice">
        <mat-icon [svgIcon]="notice.icon" aria-hidden="true" />
        <p>
          <strong>{{ notice.title }}</strong>
          @if (notice.text) {
            <span>{{ notice.text }}</span>
          }
        </p>
      </div>
    }
  `,
  styles: `
    :host {
      position: fixed;
      inset: max(4.25rem, env(safe-area-inset-top)) 0 auto;
      z-index: 11;
      display: grid;
      justify-items: center;
      padding-inline: var(--azione-gutter);
      pointer-events: none;
    }

    .notice {
      display: grid;
      grid-template-columns: auto 1fr;
      gap: 0.75rem;
      align-items: center;
      width: 100%;
      max-width: 32rem;
      padding: 0.75rem 1rem;
      border: 2px solid var(--mat-sys-tertiary);
      border-radius: var(--mat-sys-corner-medium);
      background: var(--mat-sys-surface-container-highest);
      color: var(--mat-sys-on-surface);
      box-shadow: 0 0.5rem 1.5rem rgb(0 0 0 / 60%);
    }

    p {
      display: grid;
      margin: 0;
      line-height: 1.3;
    }

    strong {
      font-size: 1.125rem;
    }
  `,
})
export class NoticeBar {
  readonly notice = input.required<Notice | null>();
}
