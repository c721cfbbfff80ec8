import { HttpClient, HttpContext, HttpResponse } from '@angular/common/http';
import { Observable, filter, map } from 'rxjs';
import { RequestBuilder } from './generated/request-builder';
import { StrictHttpResponse } from './generated/strict-http-response';

// Until the contract has it, the batch call in the shape of the generated ones.

interface Params {
  performance_id: number;
  body: { scans: readonly unknown[] };
}

export function scanBatch(
  http: HttpClient,
  rootUrl: string,
  params: Params,
  context?: HttpContext,
): Observable<StrictHttpResponse<{ answers: unknown[] }>> {
  const path = '/api/v1/door/performances/{performance_id}/scans/batch/';
  const builder = new RequestBuilder(rootUrl, path, 'post');
  builder.path('performance_id', params.performance_id, {});
  builder.body(params.body, 'application/json');
  return http
    .request(builder.build({ responseType: 'json', accept: 'application/json', context }))
    .pipe(
      filter((event) => event instanceof HttpResponse),
      map((response) => response as StrictHttpResponse<{ answers: unknown[] }>),
    );
}
