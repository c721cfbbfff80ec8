import { HttpClient, HttpContext, HttpResponse } from '@angular/common/http';
import { Observable, filter, map } from 'rxjs';
import { RequestBuilder } from './generated/request-builder';
import { StrictHttpResponse } from './generated/strict-http-response';

// Until the contract has them, the calls of the door's devices in the shape of the generated ones.

type Call<P, R> = (
  http: HttpClient,
  rootUrl: string,
  params: P,
  context?: HttpContext,
) => Observable<StrictHttpResponse<R>>;

interface Params {
  readonly performance_id?: number;
  readonly body?: unknown;
}

function call<P extends Params>(path: string, method: string): Call<P, never> {
  return (http, rootUrl, params, context) => {
    const builder = new RequestBuilder(rootUrl, path, method);
    builder.path('performance_id', params.performance_id, {});
    builder.body(params.body, 'application/json');
    return http
      .request(builder.build({ responseType: 'json', accept: 'application/json', context }))
      .pipe(
        filter((event) => event instanceof HttpResponse),
        map((response) => response as StrictHttpResponse<never>),
      );
  };
}

export interface ApiDeviceSession {
  token: string | null;
  device: { id: string; number: number; name: string };
  performance: {
    id: number;
    show_title: string;
    venue_name: string;
    starts_at: string;
    doors_open_at: string;
    cancelled: boolean;
  };
  valid_until: string;
  walk_in_allowance: number;
  can_manage: boolean;
  device_key: string;
  performance_key: string;
}

export const pairDevice: Call<
  { body: { code: string; name: string; claim: string; language: 'it' | 'en' } },
  ApiDeviceSession
> = call('/api/v1/door/pairings/', 'post');
export const registerDevice: Call<
  { performance_id: number; body: { name: string; claim: string } },
  ApiDeviceSession
> = call('/api/v1/door/performances/{performance_id}/devices/', 'post');
export const getDevice: Call<object, ApiDeviceSession> = call('/api/v1/door/device/', 'get');
export const renameDevice: Call<{ body: { name: string } }, ApiDeviceSession> = call(
  '/api/v1/door/device/',
  'patch',
);
export const giveUpDevice: Call<object, null> = call('/api/v1/door/device/', 'delete');
export const getDoorList: Call<{ performance_id: number }, unknown> = call(
  '/api/v1/door/performances/{performance_id}/list/',
  'get',
);
export const scanBatch: Call<
  { performance_id: number; body: { scans: readonly unknown[] } },
  { answers: unknown[] }
> = call('/api/v1/door/performances/{performance_id}/scans/batch/', 'post');
