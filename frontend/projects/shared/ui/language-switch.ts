import { ChangeDetectionStrategy, Component, DOCUMENT, LOCALE_ID, inject } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { NavigationEnd, Router } from '@angular/router';
import { filter, map } from 'rxjs';
import { LANGUAGES, Language, languageUrl } from './language-url';

const NAMES: Readonly<Record<Language, string>> = { it: 'Italiano', en: 'English' };
const ONE_YEAR = 365 * 24 * 60 * 60;

/** Plain links, because each language is an application of its own with its own base address. */
@Component({
  selector: 'azione-language-switch',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <nav aria-label="Lingua" i18n-aria-label="@@shared.language.label">
      @for (language of languages; track language) {
        <a
          [href]="hrefTo(language)"
          [attr.lang]="language"
          [attr.hreflang]="language"
          [attr.aria-current]="language === current ? 'true' : null"
          [attr.aria-label]="names[language]"
          (click)="remember(language)"
          >{{ language.toUpperCase() }}</a
        >
      }
    </nav>
  `,
  styles: `
    nav {
      display: flex;
      gap: 0.125rem;
    }

    a {
      display: grid;
      place-items: center;
      min-width: 2.75rem;
      min-height: 2.75rem;
      border-radius: var(--mat-sys-corner-small);
      color: inherit;
      font-family: var(--azione-text);
      font-size: 0.9375rem;
      font-weight: 650;
      letter-spacing: 0.04em;
      text-decoration: none;
    }

    a:hover,
    a[aria-current] {
      text-decoration: underline;
      text-decoration-thickness: 2px;
      text-underline-offset: 0.35em;
    }
  `,
})
export class LanguageSwitch {
  private readonly document = inject(DOCUMENT);
  private readonly router = inject(Router);
  private readonly basePath = new URL(this.document.baseURI).pathname;
  private readonly routerUrl = toSignal(
    this.router.events.pipe(
      filter((event) => event instanceof NavigationEnd),
      map((event) => event.urlAfterRedirects),
    ),
    { initialValue: this.router.url },
  );

  protected readonly languages = LANGUAGES;
  protected readonly names = NAMES;
  protected readonly current = inject(LOCALE_ID).slice(0, 2);

  protected hrefTo(language: Language): string {
    return languageUrl(this.basePath, this.routerUrl(), language);
  }

  /** So that `/` opens in the language chosen last. */
  protected remember(language: Language): void {
    // Over plain http, as in a demo, browsers take no cookie that says so.
    const secure = this.document.location.protocol === 'https:' ? '; Secure' : '';
    const kept = `path=/; max-age=${String(ONE_YEAR)}; SameSite=Lax${secure}`;
    this.document.cookie = `language=${language}; ${kept}`;
  }
}
