import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  input,
  output,
  viewChildren,
} from '@angular/core';
import { MatIcon } from '@angular/material/icon';
import { IconName } from '@azione/shared/ui/icons';
import { ListedStatus } from '../door-list/door-list';

/** A reservation that has the letters one typed in its name. */
export interface NameResult {
  readonly reference: string;
  readonly name: string;
  readonly seats: number;
  readonly admitted: number;
  readonly status: ListedStatus;
}

/** Guests without their phone: found by a few letters, let in by a touch. */
@Component({
  selector: 'azione-name-results',
  imports: [MatIcon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <ul>
      @for (result of results(); track result.reference) {
        <li>
          <button #row type="button" (click)="chosen.emit(result.reference)">
            <mat-icon [svgIcon]="icon(result)" aria-hidden="true" />
            <span class="name">{{ result.name }}</span>
            <span class="reference">{{ result.reference }}</span>
            <span class="state">{{ state(result) }}</span>
          </button>
        </li>
      }
    </ul>
    <p role="status">
      @if (results().length === 0) {
        <ng-container i18n="@@door.search.none"
          >Nessun nome così nella lista. Basta l’inizio del nome o del cognome.</ng-container
        >
      } @else {
        <span class="azione-hidden" i18n="@@door.search.found">{results().length, plural,
          =1 {Un nome trovato}
          other {{{ results().length }} nomi trovati}
        }</span>
      }
    </p>
  `,
  styles: `
    ul {
      display: grid;
      gap: 0.5rem;
      margin: 0;
      padding: 0;
      list-style: none;
    }

    button {
      display: grid;
      grid-template-columns: auto 1fr auto;
      gap: 0 0.75rem;
      align-items: center;
      width: 100%;
      min-height: 4rem;
      padding: 0.5rem 0.75rem;
      border: 2px solid var(--mat-sys-outline-variant);
      border-radius: var(--mat-sys-corner-small);
      background: var(--mat-sys-surface-container);
      color: inherit;
      font: inherit;
      text-align: start;
      cursor: pointer;
    }

    button:hover {
      border-color: var(--mat-sys-tertiary);
    }

    mat-icon {
      grid-row: span 2;
    }

    .name {
      font-size: 1.25rem;
      font-weight: 650;
      overflow-wrap: anywhere;
    }

    .reference {
      font-weight: 650;
      letter-spacing: 0.08em;
    }

    .state {
      grid-column: 2 / -1;
      color: var(--mat-sys-on-surface-variant);
    }

    p {
      margin: 0;
    }
  `,
})
export class NameResults {
  readonly results = input.required<readonly NameResult[]>();
  /** The reference. */
  readonly chosen = output<string>();

  private readonly rows = viewChildren<ElementRef<HTMLButtonElement>>('row');

  /** False while there is nobody to choose. */
  focusFirst(): boolean {
    const first = this.rows()[0];
    first?.nativeElement.focus();
    return first !== undefined;
  }

  protected icon({ status, seats, admitted }: NameResult): IconName {
    switch (status) {
      case 'cancelled':
        return 'close';
      case 'not_confirmed':
        return 'clock';
      case 'confirmed':
        return admitted >= seats ? 'blocked' : 'ticket';
    }
  }

  protected state({ status, seats, admitted }: NameResult): string {
    switch (status) {
      case 'cancelled':
        return $localize`:@@door.search.cancelled:annullata`;
      case 'not_confirmed':
        return $localize`:@@door.search.notConfirmed:non confermata`;
      case 'confirmed':
        return $localize`:@@door.search.party:${admitted}:admitted: di ${seats}:seats: entrati`;
    }
  }
}
