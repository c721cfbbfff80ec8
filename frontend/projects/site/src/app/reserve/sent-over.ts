import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import { ApiTimePipe } from '@azione/shared/time/api-time-pipe';
import { PageHeading } from '@azione/shared/ui/page-heading';
import { Receipt } from './receipt';

/** The form was sent again, and what it had made holds no seats any more. */
@Component({
  selector: 'azione-sent-over',
  imports: [ApiTimePipe, MatButton, PageHeading, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (receipt().status === 'cancelled') {
      <p class="azione-overline" i18n="@@site.sentOver.cancelledOverline">Annullata</p>
      <h1 azionePageHeading i18n="@@site.sentOver.cancelled">Questa prenotazione è annullata</h1>
    } @else {
      <p class="azione-overline" i18n="@@site.sentOver.expiredOverline">Scaduta</p>
      <h1 azionePageHeading i18n="@@site.sentOver.expired">Questa prenotazione è scaduta</h1>
    }
    <p>
      {{ receipt().showTitle }}, {{ receipt().startsAt | apiTime: 'dayAndTime' }}
      <br />
      <span i18n="@@site.sentOver.reference"
        >Codice <strong>{{ receipt().reference }}</strong></span
      >
    </p>
    <p i18n="@@site.sentOver.text">
      L’avevi già fatta con questo modulo, ma non tiene più nessun posto. Se vuoi venire, prenota di
      nuovo: i tuoi dati sono ancora nel modulo.
    </p>
    <div class="azione-actions">
      <a
        matButton="filled"
        [routerLink]="['/performances', performanceId()]"
        i18n="@@site.sentOver.again"
        >Prenota di nuovo</a
      >
      <a matButton routerLink="/" i18n="@@site.sent.home">Vai al programma</a>
    </div>
  `,
})
export class SentOver {
  readonly receipt = input.required<Receipt>();
  readonly performanceId = input.required<string>();
}
