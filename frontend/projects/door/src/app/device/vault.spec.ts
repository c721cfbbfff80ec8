import 'fake-indexeddb/auto';
import { TestBed } from '@angular/core/testing';
import { openDB } from 'idb';
import { DATABASE, Vault } from './vault';

const ANNA = { reference: 'K7Q4MX', name: 'Anna Ros.', token: 'ABCDEFGHIJKLMNOPQRSTUVWXY2' };

describe('Vault', () => {
  beforeEach(async () => {
    indexedDB = new IDBFactory();
    await restart();
  });

  /** As after a reload: nothing but the database is left. */
  function restart(): Promise<boolean> {
    TestBed.resetTestingModule();
    TestBed.configureTestingModule({});
    return vault().open();
  }

  function vault(): Vault {
    return TestBed.inject(Vault);
  }

  it('gives back after a reload what was put in', async () => {
    await vault().put('list', 'current', ANNA);
    await restart();
    expect(await vault().get('list', 'current')).toEqual(ANNA);
    expect(await vault().get('list', 'other')).toBeNull();
  });

  it('holds nothing readable, and a key that nobody can read out', async () => {
    await vault().put('outbox', 1, ANNA);
    await vault().put('session', 'current', ANNA);
    const database = await openDB(DATABASE);
    for (const store of ['outbox', 'session']) {
      const [raw] = (await database.getAll(store)) as { iv: Uint8Array; data: ArrayBuffer }[];
      expect(Object.keys(raw ?? {}).sort()).toEqual(['data', 'iv']);
      const text = new TextDecoder('latin1').decode(raw?.data);
      Object.values(ANNA).forEach((secret) => {
        expect(text).not.toContain(secret);
      });
    }
    const key = (await database.get('keys', 'key')) as CryptoKey;
    await expect(crypto.subtle.exportKey('raw', key)).rejects.toThrow();
    database.close();
  });

  it.each(['iv', 'data'] as const)('reads nothing from what somebody changed: %s', async (part) => {
    await vault().put('list', 'current', ANNA);
    const database = await openDB(DATABASE);
    const kept = (await database.get('list', 'current')) as Record<typeof part, ArrayBuffer>;
    const bytes = new Uint8Array(kept[part].slice(0));
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    const value = part === 'iv' ? bytes : bytes.buffer;
    await database.put('list', { ...kept, [part]: value }, 'current');
    database.close();
    expect(await vault().get('list', 'current')).toBeNull();
    expect(await vault().all('list')).toEqual([]);
  });
});
