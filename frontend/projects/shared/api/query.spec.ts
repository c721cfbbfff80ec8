import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { Problem } from './problem';
import { Query, query } from './query';

describe('query', () => {
  const id = signal<string | undefined>('a');
  let answers: (() => Promise<string>)[];

  function start(): Query<string> {
    return TestBed.runInInjectionContext(() =>
      query({
        params: () => id(),
        load: (params) => answers.shift()?.() ?? Promise.resolve(`answer to ${params}`),
      }),
    );
  }

  async function settle(): Promise<void> {
    TestBed.tick();
    await new Promise((resolve) => setTimeout(resolve));
    TestBed.tick();
  }

  beforeEach(() => {
    id.set('a');
    answers = [];
  });

  it('keeps its data when a refresh fails', async () => {
    const read = start();
    await settle();
    expect(read.data()).toBe('answer to a');
    answers.push(() => Promise.reject(new Problem({ code: 'busy', status: 503 })));
    read.reload();
    await settle();
    expect(read.data()).toBe('answer to a');
    expect(read.problem()).toBeNull();
  });

  it('tells the problem of a first read, and recovers from it', async () => {
    answers.push(() => Promise.reject(new Problem({ code: 'network', status: 0 })));
    const read = start();
    await settle();
    expect(read.problem()?.code).toBe('network');
    read.reload();
    await settle();
    expect(read.problem()).toBeNull();
    expect(read.data()).toBe('answer to a');
  });

  it('never shows the answer for other parameters', async () => {
    const read = start();
    await settle();
    answers.push(() => Promise.reject(new Problem({ code: 'not_found', status: 404 })));
    id.set('b');
    await settle();
    expect(read.data()).toBeUndefined();
    expect(read.problem()?.code).toBe('not_found');
  });

  it('reads nothing without parameters', async () => {
    id.set(undefined);
    const read = start();
    await settle();
    expect(read.data()).toBeUndefined();
    expect(read.loading()).toBe(false);
  });
});
