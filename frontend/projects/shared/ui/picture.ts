import {
  ChangeDetectionStrategy,
  Component,
  booleanAttribute,
  computed,
  input,
} from '@angular/core';
import { Picture } from '../api/generated/models/picture';

/**
 * A picture in the rendition that the screen needs, with its room kept free. Where it is cut
 * (`--azione-picture-ratio`), it is cut around its focus.
 */
@Component({
  selector: 'azione-picture',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <img
      [attr.sizes]="sizes()"
      [attr.srcset]="renditions()"
      [attr.src]="picture().url"
      [width]="picture().width"
      [height]="picture().height"
      [alt]="alt() ?? picture().alt"
      [attr.loading]="eager() ? 'eager' : 'lazy'"
      [attr.fetchpriority]="eager() ? 'high' : null"
      [style.object-position]="focus()"
      decoding="async"
    />
  `,
  styles: `
    :host {
      display: block;
    }

    img {
      display: block;
      width: 100%;
      height: auto;
      aspect-ratio: var(--azione-picture-ratio, auto);
      object-fit: cover;
    }
  `,
})
export class PictureView {
  readonly picture = input.required<Picture>();
  readonly sizes = input.required<string>();
  /** Instead of the picture's own words; empty where it only repeats what stands beside it. */
  readonly alt = input<string>();
  /** For the one picture that is seen first. */
  readonly eager = input(false, { transform: booleanAttribute });

  protected readonly renditions = computed(() => {
    const { renditions, url, width } = this.picture();
    return [...renditions, { url, width }].map((each) => `${each.url} ${each.width}w`).join(', ');
  });
  protected readonly focus = computed(() => {
    const { x, y } = this.picture().focus;
    return `${x}% ${y}%`;
  });
}
