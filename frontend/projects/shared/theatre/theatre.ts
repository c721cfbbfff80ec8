import { Injectable, computed, inject } from '@angular/core';
import { Api } from '../api/generated/api';
import { getTheatre } from '../api/generated/functions';
import { injectLanguage } from '../api/language';
import { query } from '../api/query';

/** The theatre itself, read once a visit. While it is unknown the product's name stands in. */
@Injectable({ providedIn: 'root' })
export class TheatreInfo {
  private readonly api = inject(Api);
  private readonly language = injectLanguage();
  private readonly theatre = query({
    params: () => 'theatre',
    load: () => this.api.invoke(getTheatre, { language: this.language }),
  });

  readonly name = computed(() => this.theatre.data()?.name ?? 'AzioneLab');
  /** What the company says of itself in a sentence; empty where it does not. */
  readonly tagline = computed(() => this.theatre.data()?.tagline ?? '');
  readonly boxOffice = computed(() => this.theatre.data()?.box_office);
  /** The company's own pages, in the order of the menu. */
  readonly menu = computed(() => this.theatre.data()?.menu ?? []);
  readonly pendingKeptHours = computed(() => this.theatre.data()?.pending_kept_hours);
  readonly guestsKeptDays = computed(() => this.theatre.data()?.guests_kept_days);
  /** Undefined while unknown: better no number than a wrong one. */
  readonly holdMinutes = computed(() => this.theatre.data()?.hold_minutes);
}
