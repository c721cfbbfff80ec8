import { DestroyRef, Injectable, computed, inject, signal } from '@angular/core';
import { DoorState } from './door-state';
import { readScannedCode } from './scanned-code';

/** A scanner is through with a whole code in this time; only fingers are slower. */
const PAUSE = 200;
const SHORTEST = 2;
const LONGEST = 25;

/** Finds guests by a few letters, without getting in the way of a scanner that types. */
@Injectable()
export class NameSearch {
  private readonly door = inject(DoorState);
  private readonly text = signal('');
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** Null: nobody is looked for. */
  readonly results = computed(() => {
    const text = this.text();
    return looksLikeName(text) && this.door.list() !== null ? this.door.search(text) : null;
  });

  readonly isLooking = computed(() => this.results() !== null);

  constructor() {
    inject(DestroyRef).onDestroy(() => {
      clearTimeout(this.timer);
    });
  }

  soon(text: string): void {
    clearTimeout(this.timer);
    if (text === '') {
      this.text.set('');
      return;
    }
    this.timer = setTimeout(() => {
      this.text.set(text);
    }, PAUSE);
  }

  now(text: string): void {
    clearTimeout(this.timer);
    this.text.set(text);
  }

  /** A name that is on the list, and not the reference of anybody. */
  isName(text: string): boolean {
    const code = readScannedCode(text);
    if (code.kind === 'ticket' || !looksLikeName(text)) {
      return false;
    }
    const found = this.door.search(text);
    const isReference =
      code.kind === 'reference' && found.some(({ reference }) => reference === code.reference);
    return found.length > 0 && !isReference;
  }
}

function looksLikeName(text: string): boolean {
  const trimmed = text.trim();
  return trimmed.length >= SHORTEST && trimmed.length <= LONGEST && !/[/:#]/.test(trimmed);
}
