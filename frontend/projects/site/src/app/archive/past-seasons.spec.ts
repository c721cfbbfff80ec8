import { ShowSummary } from '@azione/shared/api/generated/models/show-summary';
import { pastSeasons } from './past-seasons';

function show(slug: string, last: string | null): ShowSummary {
  return { slug, last_performance_at: last } as ShowSummary;
}

describe('pastSeasons', () => {
  it('begins a season in September and keeps the order given', () => {
    const seasons = pastSeasons([
      show('d', '2026-10-01T20:30:00+02:00'),
      show('c', '2026-09-01T00:30:00+02:00'),
      show('b', '2026-08-31T23:30:00+02:00'),
      show('a', '1999-12-31T20:30:00+01:00'),
      show('never', null),
    ]);
    expect(seasons.map(({ name, shows }) => [name, shows.map(({ slug }) => slug)])).toEqual([
      ['2026/27', ['d', 'c']],
      ['2025/26', ['b']],
      ['1999/00', ['a']],
    ]);
  });
});
