import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  computed,
  inject,
  signal,
  viewChild,
} from '@angular/core';
import { FormControl, ReactiveFormsModule } from '@angular/forms';
import { MatButton } from '@angular/material/button';
import { ErrorStateMatcher } from '@angular/material/core';
import { MatFormField } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { RouterLink } from '@angular/router';
import { Api } from '@azione/shared/api/generated/api';
import { resendAll } from '@azione/shared/api/generated/functions';
import { Problem } from '@azione/shared/api/problem';
import { fieldMessage, problemMessage } from '@azione/shared/api/problem-message';
import { toProblem } from '@azione/shared/api/to-problem';
import { outlinedFields } from '@azione/shared/forms/outlined-fields';
import { HeadingFocus, PageHeading } from '@azione/shared/ui/page-heading';

/** Sends an address the links of its reservations. The answer never tells whether there are any. */
@Component({
  selector: 'azione-find-reservation',
  imports: [MatButton, MatFormField, MatInputModule, PageHeading, ReactiveFormsModule, RouterLink],
  providers: [outlinedFields],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <section class="azione-page azione-narrow">
      @if (sentTo(); as email) {
        <h1 azionePageHeading i18n="@@site.find.sentHeading">Guarda nella posta</h1>
        <p i18n="@@site.find.sentText">
          Se con l’indirizzo <strong>{{ email }}</strong> ci sono prenotazioni ancora valide, ti
          abbiamo scritto: nell’e-mail trovi il link di ognuna.
        </p>
        <p i18n="@@site.find.sentHint">
          Non arriva niente entro qualche minuto? Guarda nella posta indesiderata, o prova con un
          altro indirizzo.
        </p>
        <div class="azione-actions">
          <button matButton="outlined" type="button" (click)="again()" i18n="@@site.find.again">
            Prova un altro indirizzo
          </button>
          <a matButton routerLink="/" i18n="@@site.find.home">Vai al programma</a>
        </div>
      } @else {
        <h1 azionePageHeading i18n="@@site.find.heading">Ritrova la tua prenotazione</h1>
        <p i18n="@@site.find.text">
          Scrivi l’indirizzo e-mail con cui hai prenotato: ti rimandiamo i link per vedere, cambiare
          o annullare le tue prenotazioni.
        </p>
        <form (submit)="$event.preventDefault(); send()" novalidate>
          <mat-form-field>
            <mat-label i18n="@@site.find.email">E-mail</mat-label>
            <input
              #field
              matInput
              type="email"
              autocomplete="email"
              autocapitalize="off"
              spellcheck="false"
              maxlength="300"
              required
              [formControl]="email"
              [errorStateMatcher]="matcher"
              (input)="problem.set(null)"
            />
            <mat-error>{{ fieldError() }}</mat-error>
          </mat-form-field>
          @if (problem() && !fieldError()) {
            <p role="alert" class="error">{{ message() }}</p>
          }
          <button matButton="filled" type="submit" [disabled]="sending()" disabledInteractive>
            @if (sending()) {
              <ng-container i18n="@@site.find.sending">Invio in corso…</ng-container>
            } @else {
              <ng-container i18n="@@site.find.submit">Mandami i link</ng-container>
            }
          </button>
        </form>
      }
    </section>
  `,
  styles: `
    form {
      display: grid;
      gap: 1rem;
      justify-items: start;
      max-width: 30rem;
      margin-top: 1.5rem;
    }

    mat-form-field {
      width: 100%;
    }

    strong {
      overflow-wrap: anywhere;
    }

    .error {
      margin: 0;
      color: var(--mat-sys-error);
    }
  `,
})
export class FindReservation {
  private readonly api = inject(Api);
  private readonly heading = inject(HeadingFocus);
  private readonly field = viewChild<ElementRef<HTMLInputElement>>('field');

  protected readonly email = new FormControl('', { nonNullable: true });
  protected readonly sentTo = signal<string | null>(null);
  protected readonly sending = signal(false);
  protected readonly problem = signal<Problem | null>(null);
  protected readonly fieldError = computed(() => {
    const error = this.problem()?.forField('email');
    return error ? fieldMessage(error) : null;
  });
  protected readonly message = computed(() => {
    const problem = this.problem();
    return problem ? problemMessage(problem) : '';
  });
  protected readonly matcher: ErrorStateMatcher = {
    isErrorState: () => this.fieldError() !== null,
  };

  protected async send(): Promise<void> {
    if (this.sending()) {
      return;
    }
    const email = this.email.value.trim();
    this.sending.set(true);
    this.problem.set(null);
    try {
      await this.api.invoke(resendAll, { body: { email } });
      this.heading.request();
      this.sentTo.set(email);
    } catch (error) {
      this.problem.set(toProblem(error));
      this.field()?.nativeElement.focus();
    } finally {
      this.sending.set(false);
    }
  }

  protected again(): void {
    this.heading.request();
    this.sentTo.set(null);
  }
}
