import { Injectable, effect, inject, signal } from '@angular/core';
import { Title } from '@angular/platform-browser';
import { RouterStateSnapshot, TitleStrategy } from '@angular/router';
import { TheatreInfo } from './theatre';

/** `La locandiera · AzioneLab`: the route's title, or what the page learnt since, and the theatre. */
@Injectable({ providedIn: 'root' })
export class PageTitle extends TitleStrategy {
  private readonly page = signal('');
  private readonly theatre = inject(TheatreInfo);
  private readonly title = inject(Title);

  constructor() {
    super();
    effect(() => {
      const page = this.page();
      const name = this.theatre.name();
      this.title.setTitle(page ? `${page} · ${name}` : name);
    });
  }

  override updateTitle(snapshot: RouterStateSnapshot): void {
    this.page.set(this.buildTitle(snapshot) ?? '');
  }

  set(page: string): void {
    this.page.set(page);
  }
}
