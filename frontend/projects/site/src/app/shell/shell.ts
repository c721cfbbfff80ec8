import {
  ChangeDetectionStrategy,
  Component,
  DOCUMENT,
  ElementRef,
  inject,
  signal,
  viewChild,
} from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { MatIcon } from '@angular/material/icon';
import {
  NavigationEnd,
  NavigationSkipped,
  Router,
  RouterLink,
  RouterLinkActive,
} from '@angular/router';
import { injectLanguage } from '@azione/shared/api/language';
import { TheatreInfo } from '@azione/shared/theatre/theatre';
import { LanguageSwitch } from '@azione/shared/ui/language-switch';
import { filter } from 'rxjs';

/** What stands around every page of the site: skip link, menu, footer. */
@Component({
  selector: 'azione-shell',
  imports: [LanguageSwitch, MatIcon, RouterLink, RouterLinkActive],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './shell.html',
  styleUrl: './shell.scss',
  host: { '(keydown.escape)': 'close()' },
})
export class Shell {
  protected readonly theatre = inject(TheatreInfo);
  protected readonly feed = `/${injectLanguage()}/season.ics`;
  /** On a phone the menu is behind a button; whoever has gone somewhere finds it closed. */
  protected readonly isOpen = signal(false);
  private readonly document = inject(DOCUMENT);
  private readonly toggle = viewChild.required<ElementRef<HTMLElement>>('toggle');

  constructor() {
    inject(Router)
      .events.pipe(
        // Skipped: the page that is there already.
        filter((event) => event instanceof NavigationEnd || event instanceof NavigationSkipped),
        takeUntilDestroyed(),
      )
      .subscribe(() => {
        this.isOpen.set(false);
      });
  }

  protected close(): void {
    if (this.isOpen()) {
      this.isOpen.set(false);
      this.toggle().nativeElement.focus();
    }
  }

  /** A link to `#content` would leave the page: with a base address, fragments start from it. */
  protected skipToContent(event: Event): void {
    event.preventDefault();
    this.document.getElementById('content')?.focus();
  }
}
