import { DestroyRef, Injectable, inject } from '@angular/core';

type Topic = 'session' | 'list' | 'learned' | 'outbox';

/** What one tab has stored, the others read again. */
@Injectable({ providedIn: 'root' })
export class Tabs {
  private channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel('azione-door') : null;

  constructor() {
    inject(DestroyRef).onDestroy(() => {
      this.channel?.close();
      this.channel = null;
    });
  }

  tell(topic: Topic): void {
    this.channel?.postMessage(topic);
  }

  on(topic: Topic, read: () => void): void {
    this.channel?.addEventListener('message', ({ data }) => {
      if (data === topic) {
        read();
      }
    });
  }
}
