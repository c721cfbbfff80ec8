import {
  ChangeDetectionStrategy,
  Component,
  booleanAttribute,
  computed,
  input,
} from '@angular/core';
import { Picture } from '../api/generated/models/picture';
import { PictureView } from '../ui/picture';

/** The show's face. Without an image its title is set as a playbill, so that no page has a hole. */
@Component({
  selector: 'azione-poster',
  imports: [PictureView],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (poster(); as image) {
      <azione-picture
        [picture]="image"
        [alt]="decorative() ? '' : alternative()"
        [sizes]="sizes()"
        [eager]="eager()"
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

      --azione-picture-ratio: 2 / 3;
    }

    .playbill {
      display: grid;
      place-items: center;
      width: 100%;
      padding: 8%;
      aspect-ratio: 2 / 3;
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
  readonly poster = input.required<Picture | null>();
  readonly title = input.required<string>();
  /** Where the title stands right beside it, the picture says nothing more to a screen reader. */
  readonly decorative = input(false, { transform: booleanAttribute });
  /** For the one picture that is seen first. */
  readonly eager = input(false, { transform: booleanAttribute });
  /** How wide it is shown, as the `sizes` of an image say it. */
  readonly sizes = input('(min-width: 44rem) 23rem, 15rem');

  protected readonly alternative = computed(() => {
    const title = this.title();
    const described = this.poster()?.alt ?? '';
    return described === ''
      ? $localize`:@@shared.poster.alt:Locandina di «${title}:title:»`
      : described;
  });
}
