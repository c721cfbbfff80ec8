import { ChangeDetectionStrategy, Component } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';

@Component({
  selector: 'azione-not-found',
  imports: [MatButton, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <section class="azione-page">
      <h1 i18n="@@door.notFound.heading">Questa pagina non c’è</h1>
      <a matButton="filled" routerLink="/" i18n="@@door.notFound.home"
        >Vai alle repliche di stasera</a
      >
    </section>
  `,
})
export class NotFound {}
