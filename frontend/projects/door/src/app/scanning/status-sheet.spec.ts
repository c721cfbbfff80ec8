import { Component } from '@angular/core';
import { ComponentFixture, TestBed } from '@angular/core/testing';
import { DeviceSessions } from '../device/device-session';
import { DoorLists } from '../door-list/door-lists';
import { Link } from '../offline/link';
import { Outbox } from '../offline/outbox';
import { DoorBench, record } from '../offline/testing/door-bench';
import { DoorState } from './door-state';
import { StatusSheet } from './status-sheet';
import { StatusStrip } from './status-strip';

@Component({
  imports: [StatusSheet, StatusStrip],
  providers: [DoorState],
  template: '<azione-status-strip /><azione-status-sheet />',
})
class Door {}

const HOUR = 3_600_000;

describe('StatusSheet', () => {
  let bench: DoorBench;
  let fixture: ComponentFixture<Door>;

  afterEach(() => {
    vi.restoreAllMocks();
  });

  async function open(): Promise<void> {
    fixture = TestBed.createComponent(Door);
    await fixture.whenStable();
  }

  function text(selector: string): string {
    const found = (fixture.nativeElement as HTMLElement).querySelector(selector);
    return (found?.textContent ?? '').replace(/\s+/g, ' ').trim();
  }

  function press(label: string): void {
    const buttons = (fixture.nativeElement as HTMLElement).querySelectorAll('button');
    Array.from(buttons)
      .find((button) => button.textContent.includes(label))
      ?.click();
  }

  it('says that the server does not know the phone, how to pair it again, and still exports', async () => {
    bench = await DoorBench.paired();
    await bench.get(Outbox).add(record(1));
    bench.server.refusal = { path: '/door/', status: 401, code: 'not_authenticated' };
    await bench.get(Outbox).deliver();
    await open();
    expect(text('azione-status-strip')).toContain('Da riabbinare');
    expect(text('azione-status-sheet')).toContain('Il server non conosce più questo telefono.');
    expect(text('azione-status-sheet')).not.toContain('Senza rete: questo telefono');
    expect(text('azione-status-sheet a[href="/pair"]')).toBe('Abbina di nuovo');
    expect(text('azione-status-sheet')).toContain('Esporta 1 ingresso non consegnato');
    expect(text('azione-deliver-panel .problem')).toContain('partono quando lo abbini di nuovo');
    expect(text('azione-status-sheet')).not.toContain('Accedi');
  });

  it('lets a person say whether the evening is over, where the clock may be wrong', async () => {
    const valid_until = new Date(Date.now() + HOUR).toISOString();
    bench = await DoorBench.paired({ valid_until });
    bench.server.state = 'down';
    const late = Date.now() + 2 * HOUR;
    vi.spyOn(Date, 'now').mockImplementation(() => late);
    await bench.open();
    bench.get(Link).lost();
    await open();
    expect(text('azione-status-strip')).toContain('serata finita?');
    expect(text('azione-status-sheet')).toContain('L’orologio dice che la serata è finita.');
    expect(bench.get(DoorLists).list()).not.toBeNull();
    press('È finita: cancella la lista');
    await vi.waitFor(() => {
      expect(bench.get(DoorLists).list()).toBeNull();
    });
    await vi.waitFor(() => {
      expect(bench.get(DeviceSessions).current()).toBeNull();
    });
  });
});
