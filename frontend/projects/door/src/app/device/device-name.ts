import { Injectable, signal } from '@angular/core';
import { recall, remember } from './remembered';

const KEY = 'azione.door.device';
export const DEVICE_NAME_MAX = 60;

/** What the other doors read when this one has let somebody in: "Marta, porta sinistra". */
@Injectable({ providedIn: 'root' })
export class DeviceName {
  private readonly stored = signal(recall(KEY) ?? '');

  readonly name = this.stored.asReadonly();

  rename(name: string): void {
    const tidy = name.trim().replace(/\s+/g, ' ').slice(0, DEVICE_NAME_MAX);
    this.stored.set(tidy);
    remember(KEY, tidy);
  }
}
