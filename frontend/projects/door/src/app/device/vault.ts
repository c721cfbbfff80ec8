import { DestroyRef, Injectable, inject, signal } from '@angular/core';
import { DBSchema, IDBPDatabase, openDB } from 'idb';

export const DATABASE = 'azione-door';
const VERSION = 1;
const KEY = 'key';
/** Some browsers never answer when they are asked for a database; the page must not wait for them. */
const OPENS_WITHIN = 3000;

export type VaultStore = 'session' | 'list' | 'outbox' | 'learned' | 'log';
export type VaultKey = string | number;

/** All that a thief of the phone's storage would find. */
interface Sealed {
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly data: ArrayBuffer;
}

interface VaultSchema extends DBSchema {
  session: { key: VaultKey; value: Sealed };
  list: { key: VaultKey; value: Sealed };
  outbox: { key: VaultKey; value: Sealed };
  learned: { key: VaultKey; value: Sealed };
  log: { key: VaultKey; value: Sealed };
  keys: { key: string; value: CryptoKey };
  numbers: { key: number; value: null };
}

const STORES: readonly VaultStore[] = ['session', 'list', 'outbox', 'learned', 'log'];

export interface VaultEntry<T> {
  readonly key: VaultKey;
  readonly value: T;
}

/**
 * What this phone keeps, encrypted with a key that no script can read out. A page that did not come
 * over HTTPS has no cryptography, and some private windows have no database: then nothing is kept,
 * `isAvailable` is false and the door works online only.
 */
@Injectable({ providedIn: 'root' })
export class Vault {
  private readonly works = signal('indexedDB' in globalThis && hasCryptography());
  private opened: Promise<IDBPDatabase<VaultSchema>> | null = null;

  readonly isAvailable = this.works.asReadonly();

  constructor() {
    inject(DestroyRef).onDestroy(() => {
      this.close();
    });
  }

  /** Finds out whether storage works here; the other calls want to know first. */
  async open(): Promise<boolean> {
    if (this.works()) {
      const late = new Promise<null>((resolve) => {
        setTimeout(resolve, OPENS_WITHIN, null);
      });
      const opened = await Promise.race([this.database().catch(() => null), late]);
      this.works.set(opened !== null);
    }
    return this.works();
  }

  async get<T>(store: VaultStore, key: VaultKey): Promise<T | null> {
    const sealed = await (await this.database()).get(store, key);
    return sealed === undefined ? null : this.unseal<T>(sealed);
  }

  /** In the order of the keys; what cannot be read is left out. */
  async all<T>(
    store: VaultStore,
    skip: ReadonlySet<VaultKey> = new Set(),
  ): Promise<VaultEntry<T>[]> {
    const database = await this.database();
    const entries = (await database.getAllKeys(store))
      .filter((key) => !skip.has(key))
      .map(async (key) => ({ key, value: await this.get<T>(store, key) }));
    return (await Promise.all(entries)).filter(hasValue);
  }

  async keys(store: VaultStore): Promise<VaultKey[]> {
    return (await this.database()).getAllKeys(store);
  }

  async count(store: VaultStore): Promise<number> {
    return (await this.database()).count(store);
  }

  /** On the disk, not only on its way there, when it resolves. */
  async put(store: VaultStore, key: VaultKey, value: unknown): Promise<void> {
    const sealed = await this.seal(value);
    const transaction = (await this.database()).transaction(store, 'readwrite', {
      durability: 'strict',
    });
    await Promise.all([transaction.store.put(sealed, key), transaction.done]);
  }

  /** From one store to the other, all or none. */
  async move<T>(
    from: VaultStore,
    to: VaultStore,
    entries: readonly VaultEntry<T>[],
  ): Promise<void> {
    const sealed = await Promise.all(
      entries.map(async ({ key, value }) => ({ key, value: await this.seal(value) })),
    );
    const transaction = (await this.database()).transaction([from, to], 'readwrite', {
      durability: 'strict',
    });
    const steps = sealed.flatMap(({ key, value }) => [
      transaction.objectStore(to).put(value, key),
      transaction.objectStore(from).delete(key),
    ]);
    await Promise.all([...steps, transaction.done]);
  }

  async delete(store: VaultStore, key: VaultKey): Promise<void> {
    await (await this.database()).delete(store, key);
  }

  async clear(...stores: VaultStore[]): Promise<void> {
    const transaction = (await this.database()).transaction(stores, 'readwrite');
    const steps = stores.map((store) => transaction.objectStore(store).clear());
    await Promise.all([...steps, transaction.done]);
  }

  /** Everything, and the key with it. */
  async forget(): Promise<void> {
    const stores = [...STORES, 'keys'] as const;
    const transaction = (await this.database()).transaction(stores, 'readwrite');
    const steps = stores.map((store) => transaction.objectStore(store).clear());
    await Promise.all([...steps, transaction.done]);
  }

  /** 1, 2, 3…: never the same one twice, in any tab, after any crash. */
  async nextNumber(): Promise<number> {
    const database = await this.database();
    const transaction = database.transaction('numbers', 'readwrite', { durability: 'strict' });
    const number = await transaction.store.add(null);
    await Promise.all([transaction.store.delete(number), transaction.done]);
    return number;
  }

  private async seal(value: unknown): Promise<Sealed> {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const text = new TextEncoder().encode(JSON.stringify(value));
    const key = await this.key();
    return { iv, data: await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, text) };
  }

  private async unseal<T>({ iv, data }: Sealed): Promise<T | null> {
    try {
      const key = await this.key();
      const text = await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, data);
      return JSON.parse(new TextDecoder().decode(text)) as T;
    } catch {
      return null; // sealed with a key that is gone
    }
  }

  /** Read each time: another tab may have thrown it away, and what it seals then would be lost. */
  private async key(): Promise<CryptoKey> {
    const database = await this.database();
    const kept = await database.get('keys', KEY);
    if (kept !== undefined) {
      return kept;
    }
    const made = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
      'encrypt',
      'decrypt',
    ]);
    const transaction = database.transaction('keys', 'readwrite');
    const other = await transaction.store.get(KEY);
    if (other === undefined) {
      await transaction.store.put(made, KEY);
    }
    await transaction.done;
    return other ?? made;
  }

  private database(): Promise<IDBPDatabase<VaultSchema>> {
    this.opened ??= openDB<VaultSchema>(DATABASE, VERSION, {
      upgrade: (database) => {
        STORES.forEach((store) => database.createObjectStore(store));
        database.createObjectStore('keys');
        database.createObjectStore('numbers', { autoIncrement: true });
      },
      blocking: () => {
        this.close();
      },
      terminated: () => {
        this.opened = null;
      },
    });
    return this.opened;
  }

  private close(): void {
    void this.opened?.then(
      (database) => {
        database.close();
      },
      () => undefined,
    );
    this.opened = null;
  }
}

function hasCryptography(): boolean {
  return (crypto as { subtle?: SubtleCrypto }).subtle !== undefined;
}

function hasValue<T>(entry: { key: VaultKey; value: T | null }): entry is VaultEntry<T> {
  return entry.value !== null;
}
