import { TestBed } from '@angular/core/testing';
import { ServerClock } from './server-clock';

const MINUTE = 60_000;

describe('ServerClock', () => {
  let clock: ServerClock;
  let ticks: number;
  let wall: number;
  let isHidden: boolean;

  beforeEach(() => {
    [ticks, wall] = [1000, Date.parse('2026-11-22T19:30:00Z')];
    vi.spyOn(performance, 'now').mockImplementation(() => ticks);
    vi.spyOn(Date, 'now').mockImplementation(() => wall);
    isHidden = false;
    vi.spyOn(document, 'hidden', 'get').mockImplementation(() => isHidden);
    clock = TestBed.inject(ServerClock);
  });

  afterEach(() => {
    vi.restoreAllMocks();
  });

  function goBy(milliseconds: number): void {
    ticks += milliseconds;
    wall += milliseconds;
  }

  function show(isShown: boolean): void {
    isHidden = !isShown;
    document.dispatchEvent(new Event('visibilitychange'));
  }

  it('knows nothing before the server has spoken, and goes by the phone', () => {
    expect(clock.offsetMs()).toBeNull();
    expect(clock.now().getTime()).toBe(wall);
  });

  it('takes it that the answer was written half way', () => {
    goBy(400);
    clock.heard(wall - 200 + 5 * MINUTE, { sentAt: 1000, receivedAt: ticks });
    expect(clock.offsetMs()).toBe(5 * MINUTE);
    goBy(MINUTE);
    expect(clock.offsetMs()).toBe(5 * MINUTE);
    expect(clock.now().getTime()).toBe(wall + 5 * MINUTE);
  });

  it('lets a slow answer go that contradicts nothing', () => {
    goBy(100);
    clock.heard(wall - 50, { sentAt: ticks - 100, receivedAt: ticks });
    goBy(MINUTE);
    clock.heard(wall, { sentAt: ticks - 2000, receivedAt: ticks }); // all of the way was the way there
    expect(clock.offsetMs()).toBe(0);
    clock.heard(wall + 40, { sentAt: ticks - 80, receivedAt: ticks }); // quicker, so it is believed
    expect(clock.offsetMs()).toBe(80);
  });

  it('believes a slow answer that says it was wrong', () => {
    clock.heard(wall, { sentAt: ticks, receivedAt: ticks });
    goBy(MINUTE);
    clock.heard(wall + 4000, { sentAt: ticks - 2000, receivedAt: ticks });
    expect(clock.offsetMs()).toBe(5000);
  });

  it('is certain again after a nap, of whatever answer comes', () => {
    clock.heard(wall, { sentAt: ticks, receivedAt: ticks });
    show(false);
    wall += 20 * MINUTE;
    show(true);
    goBy(2000);
    clock.heard(wall - 1000, { sentAt: ticks - 2000, receivedAt: ticks });
    expect(clock.atLeast()?.getTime()).toBe(wall);
  });

  it('notices when the clock of the phone is set back', () => {
    clock.heard(wall, { sentAt: ticks, receivedAt: ticks });
    ticks += MINUTE;
    wall -= 59 * MINUTE;
    expect(clock.offsetMs()).toBe(60 * MINUTE);
  });

  it('does not take a nap of the phone for a wrong clock', () => {
    clock.heard(wall, { sentAt: ticks, receivedAt: ticks });
    show(false);
    wall += 20 * MINUTE; // the page's ticks stood still
    expect(clock.offsetMs()).toBe(0);
    show(true);
    expect(clock.offsetMs()).toBe(0);
    goBy(MINUTE);
    expect(clock.offsetMs()).toBe(0);
  });

  it('goes by its ticks when the clock is set ahead under somebody’s eyes', () => {
    const start = wall;
    clock.heard(wall, { sentAt: ticks, receivedAt: ticks });
    goBy(10 * MINUTE);
    wall += 180 * MINUTE;
    expect(clock.now().getTime()).toBe(start + 10 * MINUTE);
    expect(clock.offsetMs()).toBe(-180 * MINUTE);
    show(false);
    wall += 20 * MINUTE;
    show(true);
    expect(clock.now().getTime()).toBe(start + 30 * MINUTE);
  });

  it('still sees a nap after the clock was set back', () => {
    const start = wall;
    clock.heard(wall, { sentAt: ticks, receivedAt: ticks });
    wall -= 60 * MINUTE;
    expect(clock.now().getTime()).toBe(start);
    show(false);
    wall += 20 * MINUTE;
    expect(clock.now().getTime()).toBe(start + 20 * MINUTE);
  });

  it('is certain only of what has ticked by since the server spoke', () => {
    const start = wall;
    clock.restore(0);
    expect(clock.atLeast()).toBeNull();
    clock.heard(wall, { sentAt: ticks, receivedAt: ticks });
    goBy(5 * MINUTE);
    show(false);
    wall += 600 * MINUTE;
    expect(clock.atLeast()?.getTime()).toBe(start + 5 * MINUTE);
  });

  it('goes on with what it knew before a reload, until it hears better', () => {
    clock.restore(-MINUTE);
    expect(clock.offsetMs()).toBe(-MINUTE);
    clock.heard(wall, { sentAt: ticks, receivedAt: ticks });
    clock.restore(-MINUTE);
    expect(clock.offsetMs()).toBe(0);
  });
});
