import { ChangeDetectionStrategy, Component, input, output, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { ReasonField } from './reason-field';
import { UndoTarget } from './scan-journal';
import { Sheet } from './sheet';
import { stayOnEnter } from './stay-on-enter';

/** Takes an admission back; the reason stays in the record. */
@Component({
  selector: 'azione-undo-sheet',
  imports: [MatButton, ReasonField, Sheet],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <azione-sheet
      heading="Annulla ingresso"
      i18n-heading="@@door.undo.heading"
      (closed)="closed.emit()"
    >
      <form (submit)="send($event)" (keydown.enter)="keepOpen($event)" novalidate>
        <p class="who">
          @if (target().name) {
            <strong>{{ target().name }}</strong>&ngsp;
            <span class="azione-muted">{{ target().reference }}</span>
          } @else {
            <strong i18n="@@door.undo.walkIn">Senza prenotazione</strong>
          }
          <span i18n="@@door.undo.seats">{target().seats, plural,
            =1 {1 persona entrata}
            other {{{ target().seats }} persone entrate}
          }</span>
        </p>
        <azione-reason-field [choices]="reasons" [(reason)]="reason" [isMissing]="isMissing()" />
        <button matButton="filled" type="submit" class="door-big" i18n="@@door.undo.send">
          Annulla l’ingresso
        </button>
      </form>
    </azione-sheet>
  `,
  styles: `
    form {
      display: grid;
      gap: 1rem;
    }

    .who {
      display: grid;
      margin: 0;
    }
  `,
})
export class UndoSheet {
  readonly target = input.required<UndoTarget>();
  /** The reason. */
  readonly sent = output<string>();
  readonly closed = output();

  protected readonly reason = signal('');
  protected readonly isMissing = signal(false);
  protected readonly reasons = [
    $localize`:@@door.undo.reason.mistake:Letto per sbaglio`,
    $localize`:@@door.undo.reason.number:Numero sbagliato`,
    $localize`:@@door.undo.reason.left:Sono usciti`,
  ];

  protected keepOpen(event: Event): void {
    stayOnEnter(event);
  }

  protected send(event: Event): void {
    event.preventDefault();
    const reason = this.reason().trim();
    this.isMissing.set(reason === '');
    if (reason !== '') {
      this.sent.emit(reason);
    }
  }
}
