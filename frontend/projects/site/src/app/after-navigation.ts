import { ViewportScroller } from '@angular/common';
import { inject } from '@angular/core';
import { NavigationStart, Router, Scroll } from '@angular/router';
import { AnswersInPage } from '@azione/shared/api/answers-in-page';
import { HeadingFocus } from '@azione/shared/ui/page-heading';

/**
 * Another page begins at its top, with its heading read out; going back finds the place one was at.
 * The same page with another choice in its address (`?month=…`) stays where it is.
 */
export function lookAfterNavigation(): void {
  const heading = inject(HeadingFocus);
  const answers = inject(AnswersInPage);
  const viewport = inject(ViewportScroller);
  const router = inject(Router);
  let isOtherPage = false;
  router.events.subscribe((event) => {
    // On the first page the browser itself says where the reader is.
    if (event instanceof NavigationStart && router.navigated) {
      isOtherPage = pathOf(event.url) !== pathOf(router.url);
      answers.forget();
      if (isOtherPage) {
        heading.request();
      }
    }
    if (event instanceof Scroll) {
      if (event.position) {
        viewport.scrollToPosition(event.position);
      } else if (isOtherPage) {
        viewport.scrollToPosition([0, 0]);
      }
    }
  });
}

function pathOf(url: string): string {
  return url.replace(/[?#].*$/, '');
}
