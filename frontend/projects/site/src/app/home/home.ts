import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import { AgendaList } from '@azione/shared/programme/agenda-list';
import { BookingState } from '@azione/shared/programme/booking-state';
import { PosterImage } from '@azione/shared/programme/poster';
import { PosterGrid } from '@azione/shared/programme/poster-grid';
import { ProgrammeStore } from '@azione/shared/programme/programme-store';
import { TheatreInfo } from '@azione/shared/theatre/theatre';
import { ApiTimePipe } from '@azione/shared/time/api-time-pipe';
import { PageHeading } from '@azione/shared/ui/page-heading';
import { ProblemPanel } from '@azione/shared/ui/problem-panel';
import { refreshWhileVisible } from '@azione/shared/ui/refresh';
import { HomeSkeleton } from './home-skeleton';
import { HowToReserve } from './how-to-reserve';

const REFRESH_EVERY = 60_000;
const FIRST_DATES = 6;

/** The front of the house: what is on next, the dates after it, how to reserve, all shows. */
@Component({
  selector: 'azione-home',
  imports: [
    AgendaList,
    ApiTimePipe,
    BookingState,
    HomeSkeleton,
    HowToReserve,
    MatButton,
    PageHeading,
    PosterGrid,
    PosterImage,
    ProblemPanel,
    RouterLink,
  ],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './home.html',
  styleUrl: './home.scss',
})
export class Home {
  protected readonly programme = inject(ProgrammeStore);
  protected readonly theatre = inject(TheatreInfo);
  protected readonly firstDates = computed(() => this.programme.evenings().slice(0, FIRST_DATES));

  constructor() {
    if (this.programme.loaded() || this.programme.problem()) {
      this.programme.reload();
    }
    refreshWhileVisible(() => {
      this.programme.reload();
    }, REFRESH_EVERY);
  }
}
