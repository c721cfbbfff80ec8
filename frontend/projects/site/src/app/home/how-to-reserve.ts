import { ChangeDetectionStrategy, Component } from '@angular/core';
import { RouterLink } from '@angular/router';

/** The three steps, so that nobody wonders at the door why a name on a list is not enough. */
@Component({
  selector: 'azione-how-to-reserve',
  imports: [RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <section aria-labelledby="how">
      <h2 id="how" class="azione-section" i18n="@@site.how.heading">Come si prenota</h2>
      <ol>
        <li>
          <h3 i18n="@@site.how.choose">Scegli la sera</h3>
          <p i18n="@@site.how.chooseMore">
            L’ingresso è gratuito e non serve registrarsi: bastano un nome e un indirizzo e-mail.
          </p>
        </li>
        <li>
          <h3 i18n="@@site.how.confirm">Conferma per e-mail</h3>
          <p i18n="@@site.how.confirmMore">
            Ti scriviamo subito: con un clic sul messaggio i posti sono tuoi.
          </p>
        </li>
        <li>
          <h3 i18n="@@site.how.show">Mostra il codice</h3>
          <p i18n="@@site.how.showMore">
            All’ingresso basta il codice QR, sul telefono o su carta. Non puoi più venire?
            <a routerLink="/find-reservation">Ritrova la prenotazione</a>
            e lascia i posti a qualcun altro.
          </p>
        </li>
      </ol>
    </section>
  `,
  styles: `
    ol {
      display: grid;
      grid-template-columns: repeat(auto-fit, minmax(min(16rem, 100%), 1fr));
      gap: 1.5rem clamp(1.5rem, 4vw, 3rem);
      margin: 0;
      padding: 0;
      counter-reset: step;
      list-style: none;
    }

    li {
      padding-top: 1rem;
      border-top: 3px double var(--mat-sys-primary);
      counter-increment: step;
    }

    h3::before {
      content: counter(step) '. ';
      color: var(--mat-sys-primary);
    }

    p {
      margin: 0;
    }
  `,
})
export class HowToReserve {}
