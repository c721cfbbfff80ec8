import { Component } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { keepScreenAwake } from './screen-awake';

@Component({ selector: 'azione-awake', template: '' })
class Awake {
  constructor() {
    keepScreenAwake();
  }
}

/** What the browser gives: a lock that it may take away itself. */
class Lock {
  released = false;

  release(): Promise<void> {
    this.released = true;
    return Promise.resolve();
  }
}

describe('keepScreenAwake', () => {
  let locks: Lock[];

  beforeEach(() => {
    locks = [];
  });

  afterEach(() => {
    Reflect.deleteProperty(navigator, 'wakeLock');
    vi.restoreAllMocks();
  });

  function install(request: () => Promise<Lock>): void {
    Object.defineProperty(navigator, 'wakeLock', { value: { request }, configurable: true });
  }

  function give(): Promise<Lock> {
    const lock = new Lock();
    locks.push(lock);
    return Promise.resolve(lock);
  }

  const settled = () => new Promise((resolve) => setTimeout(resolve));

  async function show(visibility: DocumentVisibilityState): Promise<void> {
    vi.spyOn(document, 'visibilityState', 'get').mockReturnValue(visibility);
    document.dispatchEvent(new Event('visibilitychange'));
    await settled();
  }

  it('holds one lock while it is shown, and takes a new one after a look elsewhere', async () => {
    install(give);
    const fixture = TestBed.createComponent(Awake);
    await settled();
    await show('visible');
    expect(locks.length).toBe(1);

    await locks[0]?.release();
    await show('hidden');
    expect(locks.length).toBe(1);
    await show('visible');
    expect(locks.map((lock) => lock.released)).toEqual([true, false]);

    fixture.destroy();
    expect(locks[1]?.released).toBe(true);
    await show('visible');
    expect(locks.length).toBe(2);
  });

  it('lets go of a lock that comes too late', async () => {
    let deliver: (lock: Lock) => void = () => undefined;
    install(() => new Promise((resolve) => (deliver = resolve)));
    TestBed.createComponent(Awake).destroy();
    const lock = new Lock();
    deliver(lock);
    await settled();
    expect(lock.released).toBe(true);
  });

  it('asks again after a refusal, and does without where there is none', async () => {
    let refusals = 1;
    install(() => (refusals-- > 0 ? Promise.reject(new Error('empty battery')) : give()));
    TestBed.createComponent(Awake);
    await settled();
    await show('visible');
    expect(locks.length).toBe(1);

    Reflect.deleteProperty(navigator, 'wakeLock');
    expect(() => TestBed.createComponent(Awake)).not.toThrow();
  });
});
