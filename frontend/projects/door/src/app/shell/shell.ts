import { ChangeDetectionStrategy, Component } from '@angular/core';
import { RouterLink } from '@angular/router';
import { LanguageSwitch } from '@azione/shared/ui/language-switch';
import { UpdateNotice } from './update-notice';

/** As little as possible around the door's pages: the screen belongs to the answer. */
@Component({
  selector: 'azione-shell',
  imports: [LanguageSwitch, RouterLink, UpdateNotice],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <header>
      <a routerLink="/" i18n="@@door.shell.home">Ingresso</a>
      <div class="tools">
        <azione-language-switch />
        <ng-content select="[account]" />
      </div>
    </header>
    <azione-update-notice />
    <main>
      <ng-content />
    </main>
  `,
  styles: `
    :host {
      display: grid;
      grid-template-rows: auto auto 1fr;
      min-height: 100dvh;
    }

    header {
      display: flex;
      align-items: center;
      justify-content: space-between;
      min-height: 3.5rem;
      padding-inline: var(--azione-gutter);
      background: var(--mat-sys-surface-container);
    }

    .tools {
      display: flex;
      gap: 0.25rem;
      align-items: center;
    }

    header > a {
      display: grid;
      align-items: center;
      min-height: 2.75rem;
      color: inherit;
      font-family: var(--azione-display);
      font-size: 1.375rem;
      font-weight: 700;
      text-decoration: none;
    }
  `,
})
export class Shell {}
