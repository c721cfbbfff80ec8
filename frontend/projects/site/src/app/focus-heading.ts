import { inject } from '@angular/core';
import { NavigationStart, Router } from '@angular/router';
import { HeadingFocus } from '@azione/shared/ui/page-heading';

/** From the second page on: on the first one the browser itself says where the reader is. */
export function focusHeadingAfterNavigation(): void {
  const heading = inject(HeadingFocus);
  const router = inject(Router);
  router.events.subscribe((event) => {
    if (event instanceof NavigationStart && router.navigated) {
      heading.request();
    }
  });
}
