import { ViewportScroller } from '@angular/common';
import { DOCUMENT, inject } from '@angular/core';
import { NavigationEnd, NavigationStart, Router, Scroll } from '@angular/router';
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
  const document = inject(DOCUMENT);
  let isOtherPage = false;
  let stopReturning: () => void = () => undefined;
  // The browser would scroll the page that is left, not the one that comes; when the page is loaded anew, it may.
  viewport.setHistoryScrollRestoration('manual');
  document.defaultView?.addEventListener('pagehide', () => {
    viewport.setHistoryScrollRestoration('auto');
  });
  router.events.subscribe((event) => {
    // On the first page the browser itself says where the reader is.
    if (event instanceof NavigationStart && router.navigated) {
      isOtherPage = pathOf(event.url) !== pathOf(router.url);
      answers.forget();
      stopReturning();
    }
    if (event instanceof NavigationEnd && isOtherPage) {
      // Only now: until here the heading of the page before could take it.
      heading.request();
      renameLinks(document, pathOf(event.urlAfterRedirects).replace(/^\/$/, ''));
    }
    if (event instanceof Scroll) {
      if (event.position) {
        stopReturning = returnTo(event.position, viewport, document);
      } else if (isOtherPage) {
        viewport.scrollToPosition([0, 0]);
      }
    }
  });
}

const A_READER_MOVES = ['wheel', 'touchstart', 'pointerdown', 'keydown'] as const;

/** Pages grow as their data comes: goes to the place again until it is there, or the reader moves. */
function returnTo(
  [x, y]: [number, number],
  viewport: ViewportScroller,
  document: Document,
): () => void {
  const growing = new ResizeObserver(() => {
    viewport.scrollToPosition([x, y]);
    if (Math.abs(viewport.getScrollPosition()[1] - y) < 1) {
      stop();
    }
  });
  const stop = () => {
    growing.disconnect();
    for (const move of A_READER_MOVES) {
      document.removeEventListener(move, stop);
    }
  };
  for (const move of A_READER_MOVES) {
    document.addEventListener(move, stop, { passive: true });
  }
  growing.observe(document.body);
  return stop;
}

/** What the server wrote of the first page: its address, which a phone's "share" sends on, and the other languages'. */
function renameLinks(document: Document, path: string): void {
  const language = new URL(document.baseURI).pathname.slice(0, 3);
  for (const link of document.head.querySelectorAll<HTMLLinkElement>(
    'link[rel=canonical], link[rel=alternate][hreflang]',
  )) {
    const { origin, pathname } = new URL(link.href);
    const folder =
      link.rel === 'canonical' ? language : (/^\/(it|en)(?=\/|$)/.exec(pathname)?.[0] ?? '');
    link.href = `${origin}${folder}${path || '/'}`;
  }
}

function pathOf(url: string): string {
  return url.replace(/[?#].*$/, '');
}
