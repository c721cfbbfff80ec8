import {
  ChangeDetectionStrategy,
  Component,
  effect,
  inject,
  input,
  linkedSignal,
  signal,
} from '@angular/core';
import { MatButton } from '@angular/material/button';
import { Router, RouterLink } from '@angular/router';
import { Api } from '@azione/shared/api/generated/api';
import { getPerformance } from '@azione/shared/api/generated/functions';
import { Performance } from '@azione/shared/api/generated/models/performance';
import { Reserved } from '@azione/shared/api/generated/models/reserved';
import { injectLanguage } from '@azione/shared/api/language';
import { Problem } from '@azione/shared/api/problem';
import { query } from '@azione/shared/api/query';
import { BookingState } from '@azione/shared/programme/booking-state';
import { GettingThere } from '@azione/shared/programme/getting-there';
import { PerformanceFacts } from '@azione/shared/programme/performance-facts';
import { PosterImage } from '@azione/shared/programme/poster';
import { PageTitle } from '@azione/shared/theatre/page-title';
import { PageHeading } from '@azione/shared/ui/page-heading';
import { PageProblem } from '@azione/shared/ui/page-problem';
import { refreshWhileVisible } from '@azione/shared/ui/refresh';
import { ApiTimePipe } from '@azione/shared/time/api-time-pipe';
import { DraftStore } from './draft';
import { ReceiptStore, receiptOf } from './receipt';
import { ReservationForm } from './reservation-form';

const REFRESH_EVERY = 30_000;

/** One performance: what, when and where, and the form — or why there is none. */
@Component({
  selector: 'azione-reserve',
  imports: [
    ApiTimePipe,
    BookingState,
    GettingThere,
    MatButton,
    PageHeading,
    PageProblem,
    PerformanceFacts,
    PosterImage,
    ReservationForm,
    RouterLink,
  ],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './reserve.html',
  styleUrl: './reserve.scss',
})
export class Reserve {
  /** From the route. */
  readonly id = input.required<string>();

  private readonly api = inject(Api);
  private readonly language = injectLanguage();
  private readonly drafts = inject(DraftStore);
  private readonly receipts = inject(ReceiptStore);
  private readonly router = inject(Router);

  protected readonly query = query({
    params: () => this.id(),
    load: (id) => this.load(id),
  });
  protected readonly notShown = $localize`:@@site.reserve.problem:Non possiamo mostrare questa replica`;

  /** The form was refused for good: when the refreshed performance is not open, the reason takes its place. */
  private readonly refused = signal(false);
  /**
   * A form that was begun stays while others take the last seats: the answer to it says what is left.
   * So does one that may already have made a reservation, as those last seats may be its own.
   */
  protected readonly formShown = linkedSignal<Performance | undefined, boolean>({
    source: this.query.data,
    computation: (performance, before) => {
      if (!performance) {
        return false;
      }
      const sameForm = before !== undefined && before.source?.id === performance.id;
      const begun = sameForm && before.value && !this.refused();
      return performance.booking.state === 'open' || this.drafts.isInDoubt(performance.id) || begun;
    },
  });

  constructor() {
    const title = inject(PageTitle);
    effect(() => {
      const show = this.query.data()?.show;
      if (show) {
        title.set(show.title);
      }
    });
    refreshWhileVisible(() => {
      this.query.reload();
    }, REFRESH_EVERY);
  }

  protected refresh(): void {
    this.refused.set(true);
    this.query.reload();
  }

  protected async showReceipt(made: { reserved: Reserved; email: string }): Promise<void> {
    const performance = this.query.data();
    if (!performance) {
      return;
    }
    this.receipts.keep(this.id(), receiptOf(made.reserved, made.email, performance));
    // In place of the form: Back must not return to one that can be sent again.
    await this.router.navigate(['/performances', this.id(), 'sent'], { replaceUrl: true });
  }

  private load(id: string) {
    if (!/^\d{1,9}$/.test(id)) {
      return Promise.reject(new Problem({ code: 'not_found', status: 404 }));
    }
    const params = { performance_id: Number(id), language: this.language };
    return this.api.invoke(getPerformance, params);
  }
}
