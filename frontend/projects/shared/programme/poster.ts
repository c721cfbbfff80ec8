import {
  ChangeDetectionStrategy,
  Component,
  booleanAttribute,
  computed,
  input,
} from '@angular/core';
import { Poster } from '../api/generated/models/poster';

/** The show's face. Without an image its title is set as a playbill, so that no page has a hole. */
@Component({
  selector: 'azione-poster',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (poster(); as image) {
      <img
        [src]="image.url"
        [width]="image.width"
        [height]="image.height"
        [alt]="decorative() ? '' : alternative()"
        [attr.loading]="eager() ? 'eager' : 'lazy'"
        [attr.fetchpriority]="eager() ? 'high' : null"
        decoding="async"
      />
    } @else {
      <div class="playbill" aria-hidden="true">
        <span>{{ title() }}</span>
      </div>
    }
  `,
  styles: `
    :host {
      display: block;
      overflow: hidden;
      border-radius: 2px;
      background: var(--mat-sys-surface-container-high);
      container-type: inline-size;
    }

    img,
    .playbill {
      display: block;
      width: 100%;
      height: auto;
      aspect-ratio: 2 / 3;
      object-fit: cover;
    }

    .playbill {
      display: grid;
      place-items: center;
      padding: 8%;
      background: #7c1826;
      color: #fdf3e7;
      font-family: var(--azione-display);
      font-size: 15cqi;
      font-weight: 700;
      line-height: 1.05;
      text-align: center;
      overflow-wrap: anywhere;
    }
  `,
})
export class PosterImage {
  readonly poster = input.required<Poster | null>();
  readonly title = input.required<string>();
  /** Where the title stands right beside it, the picture says nothing more to a screen reader. */
  readonly decorative = input(false, { transform: booleanAttribute });
  /** For the one picture that is seen first. */
  readonly eager = input(false, { transform: booleanAttribute });

  protected readonly alternative = computed(() => {
    const title = this.title();
    const described = this.poster()?.alt ?? '';
    return described === ''
      ? $localize`:@@shared.poster.alt:Locandina di «${title}:title:»`
      : described;
  });
}
