import { HttpInterceptorFn, HttpRequest, HttpResponse } from '@angular/common/http';
import { DOCUMENT, Injectable, inject } from '@angular/core';
import { of } from 'rxjs';

const ROOT = '/api/v1/';
/** The page was made a moment ago in its own language: it need not say which moment and which language. */
const UNDERSTOOD = ['from', 'language'];

/**
 * What the API would say to the questions that a page begins with comes with the page. Each answer
 * is good once: whoever asks again wants to know what is so now.
 */
@Injectable({ providedIn: 'root' })
export class AnswersInPage {
  private answers = read(inject(DOCUMENT));

  take(address: string): unknown {
    const { [address]: answer, ...others } = this.answers;
    this.answers = others;
    return answer;
  }

  /** On another page they would be old. */
  forget(): void {
    this.answers = {};
  }
}

function read(document: Document): Record<string, unknown> {
  // A page that the browser kept, for Back or a tab of yesterday, has the answers of then.
  const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  if (navigation?.type === 'back_forward') {
    return {};
  }
  const text = document.getElementById('azione-answers')?.textContent ?? '{}';
  return JSON.parse(text) as Record<string, unknown>;
}

/** `performances/?show=macbeth`, as the server writes it. */
function addressOf({ url, params }: HttpRequest<unknown>): string {
  const asked = UNDERSTOOD.reduce((left, name) => left.delete(name), params).toString();
  return url.slice(url.indexOf(ROOT) + ROOT.length) + (asked && `?${asked}`);
}

export const answersInPage: HttpInterceptorFn = (request, next) => {
  if (request.method !== 'GET' || request.headers.has('Authorization')) {
    return next(request);
  }
  const body = inject(AnswersInPage).take(addressOf(request));
  return body === undefined ? next(request) : of(new HttpResponse({ body, status: 200 }));
};
