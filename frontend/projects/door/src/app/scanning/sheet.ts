import {
  ChangeDetectionStrategy,
  Component,
  DOCUMENT,
  DestroyRef,
  ElementRef,
  afterNextRender,
  inject,
  input,
  output,
  viewChild,
} from '@angular/core';
import { MatIconButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';

/** A dialog of the browser's own: it holds the focus, and Escape or a touch beside it closes it. */
@Component({
  selector: 'azione-sheet',
  imports: [MatIcon, MatIconButton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <dialog #dialog aria-labelledby="sheet-title" (close)="closed.emit()">
      <div class="sheet">
        <header>
          <h2 id="sheet-title">{{ heading() }}</h2>
          <button
            matIconButton
            type="button"
            aria-label="Chiudi"
            i18n-aria-label="@@door.sheet.close"
            (click)="close()"
          >
            <mat-icon svgIcon="close" aria-hidden="true" />
          </button>
        </header>
        <ng-content />
      </div>
    </dialog>
  `,
  styles: `
    dialog {
      width: min(100%, 34rem);
      max-width: 100%;
      max-height: 92dvh;
      margin: auto auto 0;
      padding: 0;
      border: 0;
      border-radius: var(--mat-sys-corner-large) var(--mat-sys-corner-large) 0 0;
      background: var(--mat-sys-surface-container);
      color: var(--mat-sys-on-surface);
    }

    dialog::backdrop {
      background: rgb(0 0 0 / 70%);
    }

    @media (min-width: 40rem) {
      dialog {
        margin: auto;
        border-radius: var(--mat-sys-corner-large);
      }
    }

    .sheet {
      display: grid;
      gap: 1rem;
      padding: 1rem var(--azione-gutter) max(1.5rem, env(safe-area-inset-bottom));
    }

    header {
      display: flex;
      gap: 1rem;
      align-items: center;
      justify-content: space-between;
    }

    h2 {
      margin: 0;
      font-size: 1.5rem;
    }
  `,
})
export class Sheet {
  readonly heading = input.required<string>();
  readonly closed = output();

  private readonly document = inject(DOCUMENT);
  private readonly dialog = viewChild.required<ElementRef<HTMLDialogElement>>('dialog');

  constructor() {
    const opener = this.document.activeElement;
    inject(DestroyRef).onDestroy(() => {
      if (opener instanceof HTMLElement && opener.isConnected) {
        opener.focus({ preventScroll: true });
      }
    });
    afterNextRender(() => {
      const dialog = this.dialog().nativeElement;
      // What is beside the sheet belongs to the dialog, and holds nothing else.
      dialog.addEventListener('click', ({ target }) => {
        if (target === dialog) {
          this.closed.emit();
        }
      });
      if ('showModal' in dialog) {
        dialog.showModal();
      } else {
        // A browser without modal dialogs shows it in the page.
        (dialog as HTMLElement).setAttribute('open', '');
      }
    });
  }

  protected close(): void {
    this.closed.emit();
  }
}
