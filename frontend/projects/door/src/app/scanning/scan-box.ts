import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  inject,
  input,
  output,
  viewChild,
} from '@angular/core';
import { MatButton } from '@angular/material/button';

/** The one box for scanners and fingers. */
@Component({
  selector: 'azione-scan-box',
  imports: [MatButton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <form (submit)="send($event)" novalidate>
      <label for="scan-code" i18n="@@door.scan.label">Riferimento, nome o codice</label>
      <div class="row">
        <input
          #field
          id="scan-code"
          class="door-field"
          autocomplete="off"
          autocapitalize="characters"
          autocorrect="off"
          spellcheck="false"
          enterkeyhint="go"
          maxlength="300"
          aria-describedby="scan-hint"
          [value]="code()"
          (input)="typed.emit(field.value)"
        />
        <button matButton="filled" type="submit" class="door-big">
          @if (isAsking()) {
            <ng-container i18n="@@door.scan.asking">Controllo…</ng-container>
          } @else {
            <ng-container i18n="@@door.scan.submit">Controlla</ng-container>
          }
        </button>
      </div>
      <p id="scan-hint" class="azione-muted" i18n="@@door.scan.hint">
        Sei lettere del riferimento, o l’inizio del nome. Un lettore scrive qui da solo.
      </p>
      <p role="status" class="waiting">
        @if (waiting() > 0) {
          <ng-container i18n="@@door.scan.waiting">{waiting(), plural,
            =1 {Un altro codice aspetta la risposta.}
            other {Altri {{ waiting() }} codici aspettano la risposta.}
          }</ng-container>
        }
      </p>
    </form>
  `,
  styles: `
    form {
      display: grid;
      gap: 0.375rem;
    }

    p {
      margin: 0;
      line-height: 1.35;
    }

    .row {
      display: grid;
      grid-template-columns: minmax(0, 1fr) auto;
      gap: 0.5rem;
    }

    #scan-code {
      font-size: 1.5rem;
      font-weight: 650;
      letter-spacing: 0.06em;
      text-transform: uppercase;
    }

    .door-big {
      padding-inline: 1.125rem;
    }

    .waiting:empty {
      display: none;
    }
  `,
})
export class ScanBox {
  readonly code = input.required<string>();
  readonly isAsking = input(false);
  readonly waiting = input(0);
  /** Not a model: its own copy would outlive a code that a scanner types and sends within one frame. */
  readonly typed = output<string>();
  readonly submitted = output();

  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef);
  private readonly field = viewChild.required<ElementRef<HTMLInputElement>>('field');

  focus(): void {
    this.field().nativeElement.focus({ preventScroll: true });
  }

  /** The names that are found stand below it, and a phone's keyboard takes half of the screen. */
  toTop(): void {
    this.host.nativeElement.scrollIntoView({ block: 'start' });
  }

  put(code: string): void {
    this.field().nativeElement.value = code;
  }

  protected send(event: Event): void {
    event.preventDefault();
    this.submitted.emit();
  }
}
