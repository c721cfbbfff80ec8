import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  afterRenderEffect,
  input,
  output,
  viewChild,
} from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import { CameraView } from '../camera/camera-view';
import { ReadingWords } from './reading-words';

/** Reads the other phone's code: with the camera, a scanner that types, or from what was copied. */
@Component({
  selector: 'azione-reading',
  imports: [CameraView, MatButton, MatIcon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { '(document:keydown)': 'takeKey($event)' },
  template: `
    @if (words()?.tone !== 'go') {
      <azione-camera (decoded)="read.emit($event)" />
    }
    <div #answer role="status" class="answer" [class]="words()?.tone">
      @if (words(); as words) {
        <mat-icon [svgIcon]="words.icon" aria-hidden="true" />
        <div>
          <h3>{{ words.title }}</h3>
          @for (line of words.lines; track line) {
            <p>{{ line }}</p>
          }
        </div>
      }
    </div>
    @if (words()?.tone === 'go') {
      <ng-content />
    } @else {
      <details>
        <summary i18n="@@door.exchange.typed.summary">Non hai la fotocamera?</summary>
        <form (submit)="send($event)" novalidate>
          <label for="exchange-code" i18n="@@door.exchange.typed.label">Il codice, scritto</label>
          <input
            #field
            id="exchange-code"
            class="door-field"
            autocomplete="off"
            autocapitalize="characters"
            autocorrect="off"
            spellcheck="false"
            enterkeyhint="go"
            aria-describedby="exchange-code-hint"
          />
          <p id="exchange-code-hint" class="azione-muted" i18n="@@door.exchange.typed.hint">
            Punta il lettore sull’altro schermo, oppure incolla il testo del codice: comincia con
            AZDOOR.
          </p>
          <button
            matButton="tonal"
            type="submit"
            class="door-big"
            i18n="@@door.exchange.typed.send"
          >
            Leggi
          </button>
        </form>
      </details>
    }
  `,
  styleUrl: './reading.scss',
})
export class Reading {
  /** What the last code said, if one was read. */
  readonly words = input.required<ReadingWords | null>();
  /** A text that may be a code. */
  readonly read = output<string>();

  private readonly answer = viewChild.required<ElementRef<HTMLElement>>('answer');
  private readonly field = viewChild<ElementRef<HTMLInputElement>>('field');
  /** What a scanner has typed while nothing had the focus. */
  private typed = '';

  constructor() {
    afterRenderEffect(() => {
      if (this.words() !== null) {
        // On a small phone it comes up under the camera, out of sight.
        const answer: Partial<HTMLElement> = this.answer().nativeElement;
        answer.scrollIntoView?.({ block: 'nearest' });
      }
    });
  }

  /** A scanner is a keyboard that looks at no focus. */
  protected takeKey(event: KeyboardEvent): void {
    if (
      event.target instanceof HTMLInputElement ||
      event.ctrlKey ||
      event.metaKey ||
      event.altKey
    ) {
      return;
    }
    if (event.key.length === 1) {
      this.typed += event.key;
    } else if (event.key === 'Enter' && this.typed !== '') {
      event.preventDefault();
      this.tell(this.typed);
    }
  }

  protected send(event: Event): void {
    event.preventDefault();
    this.tell(this.field()?.nativeElement.value ?? '');
  }

  private tell(text: string): void {
    this.typed = '';
    const field = this.field()?.nativeElement;
    if (field !== undefined) {
      field.value = '';
    }
    if (text.trim() !== '') {
      this.read.emit(text);
    }
  }
}
