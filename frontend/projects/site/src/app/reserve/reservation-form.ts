import {
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  ElementRef,
  Injector,
  OnInit,
  afterNextRender,
  computed,
  inject,
  input,
  output,
  signal,
} from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { NonNullableFormBuilder, ReactiveFormsModule } from '@angular/forms';
import { ErrorStateMatcher } from '@angular/material/core';
import { MatButton } from '@angular/material/button';
import { MatCheckbox } from '@angular/material/checkbox';
import { MatFormField } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { RouterLink } from '@angular/router';
import { Api } from '@azione/shared/api/generated/api';
import { reserve } from '@azione/shared/api/generated/functions';
import { Performance } from '@azione/shared/api/generated/models/performance';
import { ReserveRequest } from '@azione/shared/api/generated/models/reserve-request';
import { Reserved } from '@azione/shared/api/generated/models/reserved';
import { pieceByPiece } from '@azione/shared/ui/piece-by-piece';
import { injectLanguage } from '@azione/shared/api/language';
import { FieldProblem, Problem } from '@azione/shared/api/problem';
import { fieldMessage } from '@azione/shared/api/problem-message';
import { toProblem } from '@azione/shared/api/to-problem';
import { outlinedFields } from '@azione/shared/forms/outlined-fields';
import { SeatsStepper } from '@azione/shared/forms/seats-stepper';
import { TheatreInfo } from '@azione/shared/theatre/theatre';
import { DraftStore, DraftValues } from './draft';
import { FormProblem } from './form-problem';
import { missingFields } from './missing-fields';
import { takePrefill } from './prefill';

/** In the order in which they stand on the page. */
const FIELDS = ['seats', 'name', 'email', 'phone', 'notes', 'privacy_accepted'] as const;

/** The form that holds seats. However often it is sent, `DraftStore` sees to it that it makes one reservation. */
@Component({
  selector: 'azione-reservation-form',
  imports: [
    FormProblem,
    MatButton,
    MatCheckbox,
    MatFormField,
    MatInputModule,
    ReactiveFormsModule,
    RouterLink,
    SeatsStepper,
  ],
  providers: [outlinedFields],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './reservation-form.html',
  styleUrl: './reservation-form.scss',
})
export class ReservationForm implements OnInit {
  readonly performance = input.required<Performance>();
  readonly reserved = output<{ reserved: Reserved; email: string }>();
  /** What this form stands on is no longer so. */
  readonly stale = output();

  private readonly api = inject(Api);
  private readonly destroyed = inject(DestroyRef);
  private readonly drafts = inject(DraftStore);
  private readonly element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private readonly injector = inject(Injector);
  private readonly language = injectLanguage();
  private readonly prefill = takePrefill();
  private readonly matchers: Record<string, ErrorStateMatcher> = {};

  protected readonly holdMinutes = inject(TheatreInfo).holdMinutes;
  protected readonly form = inject(NonNullableFormBuilder).group({
    name: '',
    email: '',
    phone: '',
    notes: '',
    privacy_accepted: false,
  });
  /** The performance itself is shown first; then the form in four pieces, for Material's fields take their time. */
  protected readonly ready = pieceByPiece(() => 8, { first: 0 });
  protected readonly seats = signal(1);
  protected readonly sending = signal(false);
  protected readonly problem = signal<Problem | null>(null);
  /** Sent earlier without an answer, perhaps before a reload. */
  protected readonly inDoubt = signal(false);
  protected readonly repeatable = signal(true);
  protected readonly fieldProblems = signal<readonly FieldProblem[]>([]);
  protected readonly most = computed(() => {
    const { max_seats_per_reservation, seats } = this.performance();
    return Math.max(1, Math.min(max_seats_per_reservation, seats.left));
  });

  ngOnInit(): void {
    const draft = this.drafts.open(this.performance().id, this.prefill);
    const { seats, ...values } = draft.values;
    this.form.setValue(values);
    this.seats.set(draft.inDoubt ? seats : Math.min(seats, this.most()));
    this.inDoubt.set(draft.inDoubt);
    this.form.valueChanges.pipe(takeUntilDestroyed(this.destroyed)).subscribe(() => {
      this.keep();
    });
  }

  protected setSeats(seats: number): void {
    this.seats.set(seats);
    this.forget('seats');
    this.keep();
  }

  protected forget(field: string): void {
    this.fieldProblems.update((problems) => problems.filter((problem) => problem.field !== field));
  }

  protected messageFor(field: string): string | null {
    const problem = this.fieldProblems().find((candidate) => candidate.field === field);
    return problem ? fieldMessage(problem) : null;
  }

  /** Material asks whether a field is wrong; here the API's answer says so, not a validator. */
  protected wrong(field: string): ErrorStateMatcher {
    return (this.matchers[field] ??= { isErrorState: () => this.messageFor(field) !== null });
  }

  /** Enter, a click and a second click all come here; one request is on its way at a time. */
  protected async submit(): Promise<void> {
    if (this.sending()) {
      return;
    }
    const body = this.body();
    const missing = missingFields(body);
    if (missing.length > 0) {
      this.refuse(new Problem({ code: 'validation_failed', status: 400, errors: missing }));
      return;
    }
    await this.send(body);
  }

  /** The answer got lost, or said that this key has a reservation: the very same request shows it. */
  protected async sendAgain(): Promise<void> {
    const sent = this.drafts.open(this.performance().id).sent.at(-1);
    if (!this.sending() && sent) {
      await this.send(sent);
    }
  }

  protected async takeWhatIsLeft(seats: number): Promise<void> {
    this.setSeats(seats);
    await this.submit();
  }

  protected startAnother(): void {
    this.drafts.renewKey(this.performance().id);
    this.problem.set(null);
    this.inDoubt.set(false);
  }

  private async send(body: ReserveRequest): Promise<void> {
    const performanceId = this.performance().id;
    this.sending.set(true);
    this.problem.set(null);
    this.fieldProblems.set([]);
    const attempt = this.drafts.beginAttempt(performanceId, body);
    try {
      const reserved = await this.api.invoke(reserve, {
        performance_id: performanceId,
        'Idempotency-Key': attempt.key,
        body,
      });
      this.putAway(reserved);
      this.reserved.emit({ reserved, email: body.email });
    } catch (error) {
      const problem = toProblem(error);
      const draft = this.drafts.refuse(performanceId, attempt, problem);
      this.inDoubt.set(draft.inDoubt);
      this.repeatable.set(draft.sent.length > 0);
      this.refuse(problem);
    } finally {
      this.sending.set(false);
    }
  }

  /** Nothing is left to send again, unless the reservation turns out to be over: then anew, as it was filled in. */
  private putAway({ status }: Reserved): void {
    if (status === 'cancelled' || status === 'expired') {
      this.drafts.renewKey(this.performance().id);
    } else {
      this.drafts.clear(this.performance().id);
    }
  }

  private refuse(problem: Problem): void {
    this.problem.set(problem);
    this.fieldProblems.set(problem.errors);
    const gone = problem.code === 'capacity_exceeded' && problem.seatsLeft === 0;
    if (gone || problem.code.startsWith('performance_')) {
      this.stale.emit();
    }
    this.focusFirstWrong();
  }

  private focusFirstWrong(): void {
    const wrong = FIELDS.find((field) => this.messageFor(field) !== null);
    const selector = wrong ? `[data-field=${wrong}] :is(input, textarea)` : '[data-problem]';
    afterNextRender(
      () => {
        this.element.querySelector<HTMLElement>(selector)?.focus();
      },
      { injector: this.injector },
    );
  }

  private keep(): void {
    this.drafts.keepValues(this.performance().id, this.values());
  }

  private values(): DraftValues {
    return { ...this.form.getRawValue(), seats: this.seats() };
  }

  private body(): ReserveRequest {
    return { ...this.values(), language: this.language };
  }
}
