import { ChangeDetectionStrategy, Component, DOCUMENT, inject } from '@angular/core';
import { MatIcon } from '@angular/material/icon';
import { MatToolbar } from '@angular/material/toolbar';
import { RouterLink } from '@angular/router';
import { TheatreInfo } from '@azione/shared/theatre/theatre';
import { LanguageSwitch } from '@azione/shared/ui/language-switch';

/** What stands around every page of the site: skip link, toolbar, footer. */
@Component({
  selector: 'azione-shell',
  imports: [LanguageSwitch, MatIcon, MatToolbar, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './shell.html',
  styleUrl: './shell.scss',
})
export class Shell {
  protected readonly theatreName = inject(TheatreInfo).name;
  private readonly document = inject(DOCUMENT);

  /** A link to `#content` would leave the page: with a base address, fragments start from it. */
  protected skipToContent(event: Event): void {
    event.preventDefault();
    this.document.getElementById('content')?.focus();
  }
}
