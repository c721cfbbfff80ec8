import { LOCALE_ID, inject } from '@angular/core';
import { LanguageEnum } from './generated/models/language-enum';

/** The language of this build, as the API writes it. */
export function injectLanguage(): LanguageEnum {
  return inject(LOCALE_ID).startsWith('en') ? 'en' : 'it';
}
