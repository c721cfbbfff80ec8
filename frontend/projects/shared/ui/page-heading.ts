import { Directive, ElementRef, Injectable, afterNextRender, inject, signal } from '@angular/core';

/**
 * Where the keyboard goes after a navigation. Pages get their heading only once their data is there,
 * so the wish is kept until the next heading appears.
 */
@Injectable({ providedIn: 'root' })
export class HeadingFocus {
  private readonly wanted = signal(false);

  request(): void {
    this.wanted.set(true);
  }

  /** True once a request: the heading that asks first gets the focus. */
  claim(): boolean {
    const wanted = this.wanted();
    this.wanted.set(false);
    return wanted;
  }
}

/** The `h1` of a page: takes the focus when it appears after a navigation, so that readers hear it. */
@Directive({ selector: 'h1[azionePageHeading]', host: { tabindex: '-1' } })
export class PageHeading {
  constructor() {
    const focus = inject(HeadingFocus);
    const element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
    afterNextRender(() => {
      if (focus.claim()) {
        element.focus({ preventScroll: true });
      }
    });
  }
}
