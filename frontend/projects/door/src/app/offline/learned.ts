import { Injectable, inject, signal } from '@angular/core';
import { DeviceSessions } from '../device/device-session';
import { Tabs } from '../device/tabs';
import { Vault } from '../device/vault';
import { Section } from './knowledge';

/** What other phones have shown this one. It outlives a reload, and goes with the list. */
@Injectable({ providedIn: 'root' })
export class LearnedSections {
  private readonly vault = inject(Vault);
  private readonly sessions = inject(DeviceSessions);
  private readonly tabs = inject(Tabs);
  private readonly held = signal<readonly Section[]>([]);
  private restored: Promise<void> | null = null;

  readonly sections = this.held.asReadonly();

  constructor() {
    this.tabs.on('learned', () => void this.read());
  }

  restore(): Promise<void> {
    this.restored ??= this.sessions.restore().then(() => this.read());
    return this.restored;
  }

  /** Of each device the account with the highest sequence is kept; kept for good when this resolves. */
  async learn(sections: readonly Section[]): Promise<void> {
    await this.restore();
    const news = sections.filter((section) => section.sequence > (this.of(section.device) ?? -1));
    this.held.update((known) => [
      ...known.filter(({ device }) => !news.some((section) => section.device === device)),
      ...news,
    ]);
    if (this.vault.isAvailable()) {
      for (const section of news) {
        await this.vault.put('learned', section.device, section);
      }
      if (this.sessions.ended() !== null) {
        await this.vault.clear('learned');
      }
      this.tabs.tell('learned');
    }
  }

  private of(device: number): number | null {
    return this.held().find((section) => section.device === device)?.sequence ?? null;
  }

  private async read(): Promise<void> {
    if (this.vault.isAvailable()) {
      const kept = await this.vault.all<Section>('learned');
      this.held.set(kept.map(({ value }) => value));
    }
  }
}
