import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  computed,
  input,
  signal,
  viewChild,
} from '@angular/core';
import { MatIconButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import { Picture } from '../api/generated/models/picture';
import { PictureView } from './picture';

/**
 * Pictures in a row of the same height; one of them opens whole. The browser's own dialog keeps the
 * keyboard inside and gives the focus back.
 */
@Component({
  selector: 'azione-gallery',
  imports: [MatIcon, MatIconButton, PictureView],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <ul>
      @for (picture of pictures(); track picture.url; let index = $index) {
        <li>
          <button type="button" (click)="open(index)" [attr.aria-label]="labelOf(picture)">
            <azione-picture [picture]="picture" alt="" sizes="(min-width: 44rem) 34rem, 92vw" />
          </button>
        </li>
      }
    </ul>
    <dialog #dialog aria-label="Galleria" i18n-aria-label="@@shared.gallery.label">
      <div class="bar">
        @if (pictures().length > 1) {
          <button
            matIconButton
            type="button"
            aria-label="Precedente"
            i18n-aria-label="@@shared.gallery.previous"
            (click)="step(-1)"
          >
            <mat-icon svgIcon="arrow-back" />
          </button>
          <button
            matIconButton
            type="button"
            aria-label="Successiva"
            i18n-aria-label="@@shared.gallery.next"
            (click)="step(1)"
          >
            <mat-icon svgIcon="arrow-forward" />
          </button>
        }
        <button
          matIconButton
          class="close"
          type="button"
          aria-label="Chiudi"
          i18n-aria-label="@@shared.gallery.close"
          (click)="dialog.close()"
        >
          <mat-icon svgIcon="close" />
        </button>
      </div>
      @if (shown(); as picture) {
        <figure>
          <azione-picture [picture]="picture" sizes="96vw" eager />
          <figcaption aria-live="polite">
            <span class="azione-hidden">{{ picture.alt }}</span>
            @if (picture.credit) {
              <span i18n="@@shared.gallery.credit">Foto di {{ picture.credit }}</span>
            }
          </figcaption>
        </figure>
      }
    </dialog>
  `,
  styles: `
    ul {
      display: grid;
      grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr));
      gap: 0.75rem;
      margin: 0;
      padding: 0;
      list-style: none;
    }

    li button {
      display: block;
      width: 100%;
      padding: 0;
      overflow: hidden;
      border: 0;
      border-radius: 2px;
      background: var(--mat-sys-surface-container-high);
      cursor: zoom-in;

      --azione-picture-ratio: 3 / 2;
    }

    li azione-picture {
      transition: transform 320ms ease;
    }

    li button:hover azione-picture {
      transform: scale(1.03);
    }

    dialog {
      width: min(100vw, 100rem);
      max-width: 100vw;
      height: 100dvh;
      max-height: 100dvh;
      padding: 0;
      border: 0;
      background: #0f0b09;
      color: #efe4d8;
      color-scheme: dark;
    }

    dialog::backdrop {
      background: rgb(0 0 0 / 85%);
    }

    .bar {
      display: flex;
      padding: 0.25rem;
    }

    .close {
      margin-inline-start: auto;
    }

    figure {
      display: grid;
      gap: 0.5rem;
      margin: 0 1rem;
      justify-items: center;
    }

    figure azione-picture {
      display: contents;
    }

    figcaption {
      min-height: 1.5em;
    }

    figure ::ng-deep img {
      width: auto;
      max-width: 100%;
      max-height: calc(100dvh - 7rem);
      object-fit: contain;
    }
  `,
  host: { '(keydown.arrowLeft)': 'step(-1)', '(keydown.arrowRight)': 'step(1)' },
})
export class Gallery {
  readonly pictures = input.required<readonly Picture[]>();

  private readonly dialog = viewChild.required<ElementRef<HTMLDialogElement>>('dialog');
  private readonly index = signal<number | null>(null);
  protected readonly shown = computed(() => {
    const index = this.index();
    return index === null ? null : this.pictures()[index];
  });

  protected open(index: number): void {
    this.index.set(index);
    this.dialog().nativeElement.showModal();
  }

  /** From the last one to the first, and back. */
  protected step(by: number): void {
    if (!this.dialog().nativeElement.open) {
      return;
    }
    const { length } = this.pictures();
    this.index.update((index) => ((index ?? 0) + by + length) % length);
  }

  protected labelOf({ alt }: Picture): string {
    return $localize`:@@shared.gallery.open:Ingrandisci: ${alt}:alt:`;
  }
}
