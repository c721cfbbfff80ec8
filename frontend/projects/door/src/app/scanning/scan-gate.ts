import { Injectable, inject } from '@angular/core';
import { Api } from '@azione/shared/api/generated/api';
import { scan } from '@azione/shared/api/generated/fn/door/scan';
import { ScanAnswer } from '@azione/shared/api/generated/models/scan-answer';
import { Problem } from '@azione/shared/api/problem';
import { Attempt, scanRequest } from './attempt';

/** Who decides an attempt: the server. A phone without a network will decide here, from its list. */
@Injectable({ providedIn: 'root' })
export class ScanGate {
  private readonly api = inject(Api);

  ask(performanceId: number, attempt: Attempt): Promise<ScanAnswer> {
    return this.api.invoke(scan, { performance_id: performanceId, body: scanRequest(attempt) });
  }

  noAnswer(): Problem {
    return new Problem({ code: 'network', status: 0 });
  }
}
