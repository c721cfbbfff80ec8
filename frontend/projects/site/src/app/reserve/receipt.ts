import { Injectable } from '@angular/core';
import { EmailStateEnum } from '@azione/shared/api/generated/models/email-state-enum';
import { Performance } from '@azione/shared/api/generated/models/performance';
import { ReservationStatusEnum } from '@azione/shared/api/generated/models/reservation-status-enum';
import { Reserved } from '@azione/shared/api/generated/models/reserved';

/** What the guest was told when the reservation was made, so that a reload can say it again. */
export interface Receipt {
  readonly reference: string;
  /** Not always pending: the answer to a repeated request tells what has become of it since. */
  readonly status: ReservationStatusEnum;
  readonly seats: number;
  readonly email: string;
  readonly emailState: EmailStateEnum;
  readonly holdExpiresAt: string;
  readonly showTitle: string;
  readonly startsAt: string;
}

export function receiptOf(reserved: Reserved, email: string, performance: Performance): Receipt {
  return {
    reference: reserved.reference,
    status: reserved.status,
    seats: reserved.seats,
    email,
    emailState: reserved.email.state,
    holdExpiresAt: reserved.hold_expires_at,
    showTitle: performance.show.title,
    startsAt: performance.starts_at,
  };
}

@Injectable({ providedIn: 'root' })
export class ReceiptStore {
  private readonly memory = new Map<string, Receipt>();

  keep(performanceId: string, receipt: Receipt): void {
    this.memory.set(performanceId, receipt);
    try {
      sessionStorage.setItem(`azione.receipt.${performanceId}`, JSON.stringify(receipt));
    } catch {
      // Without storage it lasts until the page is reloaded.
    }
  }

  find(performanceId: string): Receipt | null {
    const kept = this.memory.get(performanceId);
    if (kept) {
      return kept;
    }
    try {
      const stored = sessionStorage.getItem(`azione.receipt.${performanceId}`);
      return stored === null ? null : (JSON.parse(stored) as Receipt);
    } catch {
      return null;
    }
  }
}
