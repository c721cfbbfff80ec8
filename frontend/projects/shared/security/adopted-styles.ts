import {
  APP_ID,
  DOCUMENT,
  EnvironmentProviders,
  Injectable,
  inject,
  makeEnvironmentProviders,
  ɵSHARED_STYLES_HOST as SHARED_STYLES_HOST,
} from '@angular/core';
import { ɵSharedStylesHost as SharedStylesHost } from '@angular/platform-browser';

interface Sheet {
  readonly sheet: CSSStyleSheet;
  users: number;
}

/**
 * Puts the components' styles into `adoptedStyleSheets` instead of `<style>` elements, which a policy
 * without 'unsafe-inline' blocks: a sheet made by a script that may run needs no leave of its own.
 *
 * Angular has no public way to do this. Its versions are pinned, and tests/browser/test_door_app.py
 * notices when one of them no longer asks this class.
 */
@Injectable()
class AdoptedStylesHost extends SharedStylesHost {
  private readonly sheets = new Map<string, Sheet>();
  private readonly roots = new Set<DocumentOrShadowRoot>();

  constructor() {
    super(inject(DOCUMENT), inject(APP_ID));
  }

  override addStyles(styles: string[], urls?: string[]): void {
    for (const style of styles) {
      const known = this.sheets.get(style);
      if (known) {
        known.users++;
      } else {
        this.adopt(style);
      }
    }
    // Only `ng serve` keeps styles in files of their own, and a link to one is no inline style.
    super.addStyles([], urls);
  }

  override removeStyles(styles: string[], urls?: string[]): void {
    for (const style of styles) {
      const known = this.sheets.get(style);
      if (known && --known.users === 0) {
        this.sheets.delete(style);
        this.roots.forEach((root) => {
          root.adoptedStyleSheets = root.adoptedStyleSheets.filter((one) => one !== known.sheet);
        });
      }
    }
    super.removeStyles([], urls);
  }

  override addHost(host: Node): void {
    super.addHost(host);
    const root = host.getRootNode() as Document | ShadowRoot;
    if (!this.roots.has(root)) {
      this.roots.add(root);
      const sheets = [...this.sheets.values()].map(({ sheet }) => sheet);
      root.adoptedStyleSheets = [...root.adoptedStyleSheets, ...sheets];
    }
  }

  /** Called for shadow roots only, which take their sheets along when they go. */
  override removeHost(host: Node): void {
    super.removeHost(host);
    this.roots.delete(host as ShadowRoot);
  }

  private adopt(style: string): void {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    this.sheets.set(style, { sheet, users: 1 });
    this.roots.forEach((root) => {
      root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    });
  }
}

/** A browser without constructable style sheets, as jsdom is, keeps Angular's own `<style>` elements. */
export function provideAdoptedStyles(): EnvironmentProviders {
  const canAdopt = 'adoptedStyleSheets' in Document.prototype;
  return makeEnvironmentProviders(
    canAdopt ? [{ provide: SHARED_STYLES_HOST, useClass: AdoptedStylesHost }] : [],
  );
}
