import { ChangeDetectionStrategy, Component, computed, input, output } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import { Problem } from '@azione/shared/api/problem';
import { problemMessage } from '@azione/shared/api/problem-message';
import { leavesOpen } from './draft';

/** Why the form did not make a reservation, or why nobody knows, and the way on. */
@Component({
  selector: 'azione-form-problem',
  imports: [MatButton, MatIcon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div class="text" role="alert" tabindex="-1" data-problem>
      <mat-icon [svgIcon]="unknown() ? 'offline' : 'error'" aria-hidden="true" />
      <div>
        @if (unknown()) {
          <p>
            <strong i18n="@@site.form.unknown">Non sappiamo se la richiesta è arrivata.</strong>
          </p>
          <p i18n="@@site.form.unknownText">
            Riprova: se era già arrivata non ne facciamo una seconda. I tuoi dati restano qui, anche
            se ricarichi la pagina.
          </p>
        } @else {
          <p>{{ message() }}</p>
        }
      </div>
    </div>
    @if (unknown()) {
      <button
        matButton="filled"
        type="button"
        [disabled]="sending()"
        disabledInteractive
        (click)="again.emit()"
        i18n="@@site.form.retry"
      >
        Riprova
      </button>
    } @else if (reused()) {
      <div class="azione-actions">
        @if (repeatable()) {
          <button
            matButton="filled"
            type="button"
            (click)="again.emit()"
            i18n="@@site.form.showReserved"
          >
            Vai alla prenotazione già fatta
          </button>
        }
        <button matButton type="button" (click)="another.emit()" i18n="@@site.form.another">
          Ne voglio fare un’altra
        </button>
      </div>
    } @else if (left()) {
      <button matButton="filled" type="button" (click)="take.emit(left())">
        <ng-container i18n="@@site.form.take">{left(), plural,
          =1 {Prenota il posto rimasto}
          other {Prenota i {{ left() }} posti rimasti}
        }</ng-container>
      </button>
    }
  `,
  styles: `
    :host {
      display: grid;
      gap: 1rem;
      justify-items: start;
      padding: 1.25rem;
      border-inline-start: 4px solid var(--mat-sys-error);
      background: var(--mat-sys-surface-container);
    }

    .text {
      display: grid;
      grid-template-columns: auto 1fr;
      gap: 0.75rem;
    }

    .text:focus {
      outline: none;
    }

    mat-icon {
      color: var(--mat-sys-error);
    }

    p {
      margin: 0;
    }

    p + p {
      margin-top: 0.25rem;
    }

    .azione-actions {
      margin: 0;
    }
  `,
})
export class FormProblem {
  /** Null: the attempt was made before the page was reloaded, and nothing is known of it. */
  readonly problem = input.required<Problem | null>();
  readonly inDoubt = input.required<boolean>();
  readonly sending = input.required<boolean>();
  /** Whether it is still known what made the reservation under a key that is used up. */
  readonly repeatable = input.required<boolean>();
  readonly mostPerReservation = input.required<number>();
  readonly again = output();
  readonly another = output();
  readonly take = output<number>();

  protected readonly unknown = computed(() => {
    const problem = this.problem();
    return this.inDoubt() && (problem === null || leavesOpen(problem));
  });
  protected readonly reused = computed(() => this.problem()?.code === 'idempotency_key_reused');
  protected readonly left = computed(() =>
    Math.min(this.problem()?.seatsLeft ?? 0, this.mostPerReservation()),
  );
  protected readonly message = computed(() => {
    const problem = this.problem();
    return problem ? problemMessage(problem) : '';
  });
}
