import { Injectable, computed, inject } from '@angular/core';
import { Api } from '../api/generated/api';
import { listPerformances, listShows } from '../api/generated/functions';
import { injectLanguage } from '../api/language';
import { query } from '../api/query';
import { stillOnSince } from './since';
import { nextOnStage } from './agenda';

/** Outlives the page: coming Back finds the programme, and the place on it, at once. */
@Injectable({ providedIn: 'root' })
export class ProgrammeStore {
  private readonly api = inject(Api);
  private readonly language = injectLanguage();

  private readonly performances = query({
    params: () => 'performances',
    load: () =>
      this.api.invoke(listPerformances, {
        from: stillOnSince(new Date()),
        language: this.language,
      }),
  });
  private readonly showList = query({
    params: () => 'shows',
    load: () => this.api.invoke(listShows, { language: this.language }),
  });

  readonly loaded = computed(
    () => this.performances.data() !== undefined && this.showList.data() !== undefined,
  );
  readonly problem = computed(() => this.performances.problem() ?? this.showList.problem());
  /** Everything to come, in order of time. */
  readonly evenings = computed(() => this.performances.data() ?? []);
  readonly next = computed(() => nextOnStage(this.evenings(), new Date()));
  readonly shows = computed(() => this.showList.data() ?? []);

  reload(): void {
    this.performances.reload();
    this.showList.reload();
  }
}
