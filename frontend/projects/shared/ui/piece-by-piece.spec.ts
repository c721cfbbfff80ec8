import { ApplicationRef, Component, provideZonelessChangeDetection, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { Router } from '@angular/router';
import { pieceByPiece } from './piece-by-piece';

@Component({ selector: 'azione-list', template: `{{ ready() }}` })
class List {
  readonly length = signal(7);
  readonly ready = pieceByPiece(this.length);
}

function listOn(navigation: { id: number } | null) {
  const router = { lastSuccessfulNavigation: () => navigation };
  TestBed.configureTestingModule({
    providers: [provideZonelessChangeDetection(), { provide: Router, useValue: router }],
  });
  return TestBed.createComponent(List);
}

describe('pieceByPiece', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('lets more and more of the first page be there, in the end all, whatever comes later', async () => {
    const list = listOn(null);
    const seen = [];
    for (let painted = 0; painted < 6; painted++) {
      list.detectChanges();
      seen.push(list.componentInstance.ready());
      await vi.advanceTimersByTimeAsync(1);
    }
    expect(seen).toEqual([2, 4, 6, 8, Infinity, Infinity]);
  });

  it('counts as being there with a screenful', async () => {
    const list = listOn(null);
    let shown: number | undefined;
    void TestBed.inject(ApplicationRef)
      .whenStable()
      .then(() => (shown = list.componentInstance.ready()));
    for (let painted = 0; painted < 6; painted++) {
      list.detectChanges();
      await vi.advanceTimersByTimeAsync(1);
    }
    expect(shown).toBe(6);
  });

  it('has all of a later page there at once', () => {
    expect(listOn({ id: 2 }).componentInstance.ready()).toBe(Infinity);
  });

  it('stops where the page is left', async () => {
    const list = listOn({ id: 1 });
    list.detectChanges();
    list.destroy();
    await vi.advanceTimersByTimeAsync(10);
    expect(list.componentInstance.ready()).toBe(2);
  });
});
