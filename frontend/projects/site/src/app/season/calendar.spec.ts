import { Performance } from '@azione/shared/api/generated/models/performance';
import { weeksOf } from './calendar';

function on(day: string): Performance {
  return { id: Number(day.slice(8)), starts_at: `${day}T20:30:00+01:00` } as Performance;
}

describe('weeksOf', () => {
  it('begins on Monday and leaves days of other months empty', () => {
    const weeks = weeksOf('2026-12', [on('2026-12-01'), on('2026-12-31')]);
    expect(weeks).toHaveLength(5);
    expect(weeks.every((week) => week.length === 7)).toBe(true);
    expect(weeks[0]?.map((day) => day?.number ?? null)).toEqual([null, 1, 2, 3, 4, 5, 6]);
    expect(weeks[4]?.map((day) => day?.number ?? null)).toEqual([28, 29, 30, 31, null, null, null]);
  });

  it('puts each performance on its day', () => {
    const days = weeksOf('2026-12', [on('2026-12-08'), on('2026-12-08'), on('2026-12-09')]).flat();
    const playing = days.filter((day) => day?.performances.length);
    expect(playing.map((day) => [day?.key, day?.performances.length])).toEqual([
      ['2026-12-08', 2],
      ['2026-12-09', 1],
    ]);
  });

  it('leaves out the weeks at its ends in which nothing plays', () => {
    const weeks = weeksOf('2026-11', [on('2026-11-10'), on('2026-11-24')]);
    expect(weeks.map((week) => week[0]?.number)).toEqual([9, 16, 23]);
    expect(weeksOf('2026-11', [])).toEqual([]);
  });

  it('knows leap years and long months', () => {
    const last = (month: string, day: string) =>
      weeksOf(month, [on(day)])
        .flat()
        .filter((each) => each !== null)
        .at(-1)?.number;
    expect(last('2028-02', '2028-02-29')).toBe(29);
    expect(last('2027-02', '2027-02-28')).toBe(28);
    expect(last('2026-03', '2026-03-31')).toBe(31);
  });
});
