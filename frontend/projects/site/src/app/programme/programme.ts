import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import { BookingState } from '@azione/shared/programme/booking-state';
import { PosterImage } from '@azione/shared/programme/poster';
import { ApiTimePipe } from '@azione/shared/time/api-time-pipe';
import { PageHeading } from '@azione/shared/ui/page-heading';
import { ProblemPanel } from '@azione/shared/ui/problem-panel';
import { refreshWhileVisible } from '@azione/shared/ui/refresh';
import { PerformanceRow } from './performance-row';
import { ProgrammeSkeleton } from './programme-skeleton';
import { ProgrammeStore } from './programme-store';

const REFRESH_EVERY = 60_000;

/** The playbill: what is on next, every date, every show. */
@Component({
  selector: 'azione-programme',
  imports: [
    ApiTimePipe,
    BookingState,
    MatButton,
    PageHeading,
    PerformanceRow,
    PosterImage,
    ProblemPanel,
    ProgrammeSkeleton,
    RouterLink,
  ],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './programme.html',
  styleUrl: './programme.scss',
})
export class Programme {
  protected readonly programme = inject(ProgrammeStore);

  constructor() {
    if (this.programme.loaded() || this.programme.problem()) {
      this.programme.reload();
    }
    refreshWhileVisible(() => {
      this.programme.reload();
    }, REFRESH_EVERY);
  }
}
