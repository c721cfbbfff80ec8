import { Injectable, inject } from '@angular/core';
import { DoorCode } from '../door-list/door-code';
import { NOW } from './now';

/** A ticket held a moment too long, or shown twice by a nervous hand, is still the same admission. */
export const SAME_ADMISSION_MS = 10_000;

/** What this phone has let in during the last seconds. */
@Injectable({ providedIn: 'root' })
export class JustAdmitted {
  private readonly now = inject(NOW);
  private readonly moments = new Map<string, number>();

  remember(code: DoorCode): void {
    this.forgetOld();
    this.moments.set(keyOf(code), this.now());
  }

  has(code: DoorCode): boolean {
    this.forgetOld();
    return this.moments.has(keyOf(code));
  }

  /** Taken back: the next time is an admission of its own. */
  clear(): void {
    this.moments.clear();
  }

  private forgetOld(): void {
    const oldest = this.now() - SAME_ADMISSION_MS;
    for (const [key, moment] of this.moments) {
      if (moment <= oldest) {
        this.moments.delete(key);
      }
    }
  }
}

function keyOf(code: DoorCode): string {
  return code.kind === 'ticket' ? code.ticket : code.reference;
}
