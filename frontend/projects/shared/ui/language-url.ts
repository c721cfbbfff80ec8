export const LANGUAGES = ['it', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/** `/door/it/` + `/t#TICKET` in English: `/door/en/t#TICKET`. The same page, fragment and all. */
export function languageUrl(basePath: string, routerUrl: string, language: Language): string {
  const root = basePath.replace(/(?:it|en)\/$/, '');
  return `${root}${language}/${routerUrl.replace(/^\//, '')}`;
}
