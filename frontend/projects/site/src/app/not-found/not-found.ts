import { ChangeDetectionStrategy, Component } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import { PageHeading } from '@azione/shared/ui/page-heading';

@Component({
  selector: 'azione-not-found',
  imports: [MatButton, PageHeading, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <section class="azione-page">
      <p class="azione-overline" i18n="@@site.notFound.overline">Fuori scena</p>
      <h1 azionePageHeading i18n="@@site.notFound.heading">Questa pagina non c’è</h1>
      <p i18n="@@site.notFound.text">
        Forse il link è incompleto, o lo spettacolo non è più in cartellone.
      </p>
      <a matButton="filled" routerLink="/" i18n="@@site.notFound.home">Vai al programma</a>
    </section>
  `,
})
export class NotFound {}
