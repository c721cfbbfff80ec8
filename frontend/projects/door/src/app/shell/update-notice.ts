import { ChangeDetectionStrategy, Component, DOCUMENT, inject } from '@angular/core';
import { takeUntilDestroyed, toSignal } from '@angular/core/rxjs-interop';
import { MatButton } from '@angular/material/button';
import { SwUpdate } from '@angular/service-worker';
import { filter, fromEvent, map, merge } from 'rxjs';

/**
 * Tells of a new version, or of an app whose files the phone has lost, and leaves the moment to the
 * volunteer: nothing reloads by itself while a queue is at the door.
 */
@Component({
  selector: 'azione-update-notice',
  imports: [MatButton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div role="status">
      @if (state() === 'broken') {
        <span i18n="@@door.update.broken">Su questo telefono l’app è incompleta.</span>
        <button matButton type="button" (click)="reload()" i18n="@@door.update.reload">
          Ricarica
        </button>
      } @else if (state() === 'ready') {
        <span i18n="@@door.update.ready">Nuova versione</span>
        <button matButton type="button" (click)="reload()" i18n="@@door.update.take">
          Aggiorna
        </button>
      }
    </div>
  `,
  styles: `
    div {
      display: flex;
      gap: 0.75rem;
      align-items: center;
      justify-content: space-between;
      padding-inline: var(--azione-gutter);
      background: var(--mat-sys-surface-container-high);
    }
  `,
})
export class UpdateNotice {
  private readonly document = inject(DOCUMENT);
  private readonly updates = inject(SwUpdate);

  protected readonly state = toSignal(
    merge(
      this.updates.unrecoverable.pipe(map(() => 'broken' as const)),
      this.updates.versionUpdates.pipe(
        filter((event) => event.type === 'VERSION_READY'),
        map(() => 'ready' as const),
      ),
    ),
  );

  constructor() {
    if (this.updates.isEnabled) {
      fromEvent(this.document, 'visibilitychange')
        .pipe(
          filter(() => this.document.visibilityState === 'visible'),
          takeUntilDestroyed(),
        )
        .subscribe(() => void this.look());
    }
  }

  /** The worker gives a page that is loaded the newest version it holds. */
  protected reload(): void {
    this.document.location.reload();
  }

  /** A phone left open since yesterday learns of a new version when it is taken in hand. */
  private async look(): Promise<void> {
    await this.updates.checkForUpdate().catch(() => false);
  }
}
