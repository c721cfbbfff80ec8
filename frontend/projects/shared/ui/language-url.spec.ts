import { languageUrl } from './language-url';

describe('languageUrl', () => {
  it('keeps route, query and fragment', () => {
    expect(languageUrl('/it/', '/shows/la-locandiera?from=1#cast', 'en')).toBe(
      '/en/shows/la-locandiera?from=1#cast',
    );
  });

  it('stays inside the door', () => {
    expect(languageUrl('/door/en/', '/t#ABC', 'it')).toBe('/door/it/t#ABC');
  });

  it('is not misled by a route that starts like a language', () => {
    expect(languageUrl('/it/', '/it/', 'en')).toBe('/en/it/');
  });
});
