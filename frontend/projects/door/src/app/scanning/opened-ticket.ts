import { Injectable, effect, inject, untracked } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { ActivatedRoute, Router } from '@angular/router';
import { newUuid } from '@azione/shared/api/new-uuid';
import { ticketDigest } from '../door-list/door-code';
import { ScanFlow } from './scan-flow';

const SCAN = 'azione.door.opened';

/**
 * A ticket whose link was opened on this phone (`#TICKET`). It is scanned once for each opening, and
 * stays in the address until its answer was seen: a reload asks the same thing again.
 */
@Injectable()
export class OpenedTicket {
  private readonly flow = inject(ScanFlow);
  private readonly router = inject(Router);
  private readonly fragment = toSignal(inject(ActivatedRoute).fragment, { initialValue: null });
  /** The one whose scan_id is being looked up. */
  private coming: string | null = null;
  /** The one whose answer is on its way or on the screen. */
  private current: string | null = null;

  constructor() {
    effect(() => {
      void this.scan(this.fragment());
    });
    effect(() => {
      const isBusy =
        this.flow.view() !== null || this.flow.question() !== null || this.flow.isAsking();
      if (this.current !== null && !isBusy) {
        this.current = null;
        untracked(() => {
          this.forget();
        });
      }
    });
  }

  /** From here on a reload must not bring it back. */
  forget(): void {
    this.coming = null;
    if (this.fragment()) {
      remember(null);
      void this.router.navigate([], { replaceUrl: true });
    }
  }

  private async scan(ticket: string | null): Promise<void> {
    const isKnown = ticket === this.current || ticket === this.coming;
    if (!ticket || isKnown || this.flow.performanceId() === null) {
      return;
    }
    this.coming = ticket;
    const scanId = await scanIdOf(ticket);
    if (this.coming === ticket) {
      this.coming = null;
      this.current = ticket;
      this.flow.submit(ticket, 'link', scanId);
    }
  }
}

/** The storage outlives the evening, so it knows the ticket by its digest, which opens no door. */
async function scanIdOf(ticket: string): Promise<string> {
  const digest = await ticketDigest(ticket).catch(() => null);
  const [kept, scanId] = (recall() ?? '').split(' ');
  if (kept === digest && scanId) {
    return scanId;
  }
  const fresh = newUuid();
  remember(digest === null ? null : `${digest} ${fresh}`);
  return fresh;
}

function recall(): string | null {
  try {
    return sessionStorage.getItem(SCAN);
  } catch {
    return null;
  }
}

function remember(value: string | null): void {
  try {
    if (value === null) {
      sessionStorage.removeItem(SCAN);
    } else {
      sessionStorage.setItem(SCAN, value);
    }
  } catch {
    // A full or closed storage costs the memory, not the scan.
  }
}
