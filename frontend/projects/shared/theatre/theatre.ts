import { Injectable, computed, inject } from '@angular/core';
import { Api } from '../api/generated/api';
import { getTheatre } from '../api/generated/functions';
import { query } from '../api/query';

/** The theatre itself, read once a visit. While it is unknown the product's name stands in. */
@Injectable({ providedIn: 'root' })
export class TheatreInfo {
  private readonly api = inject(Api);
  private readonly theatre = query({
    params: () => 'theatre',
    load: () => this.api.invoke(getTheatre, {}),
  });

  readonly name = computed(() => this.theatre.data()?.name ?? 'AzioneLab');
  /** Undefined while unknown: better no number than a wrong one. */
  readonly holdMinutes = computed(() => this.theatre.data()?.hold_minutes);
}
