import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';

/** How much of the expected house is in, at a glance; the numbers stand beside it in words. */
@Component({
  selector: 'azione-admitted-bar',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `<span [style.width.%]="percent()"></span>`,
  styles: `
    :host {
      display: block;
      height: 0.625rem;
      border-radius: 1rem;
      overflow: hidden;
      background: var(--mat-sys-surface-container-highest);
    }

    span {
      display: block;
      height: 100%;
      background: var(--azione-good);
    }
  `,
  host: { 'aria-hidden': 'true' },
})
export class AdmittedBar {
  readonly admitted = input.required<number>();
  readonly expected = input.required<number>();

  /** The width of the filled part, 0–100; an empty house is not a full bar. */
  protected readonly percent = computed(() =>
    this.expected() === 0 ? 0 : Math.min(100, (this.admitted() / this.expected()) * 100),
  );
}
