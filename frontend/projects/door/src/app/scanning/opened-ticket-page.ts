import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import { ActivatedRoute, Router } from '@angular/router';
import { Api } from '@azione/shared/api/generated/api';
import { listDoorPerformances } from '@azione/shared/api/generated/fn/door/list-door-performances';
import { Problem } from '@azione/shared/api/problem';
import { toProblem } from '@azione/shared/api/to-problem';
import { ProblemPanel } from '@azione/shared/ui/problem-panel';

/**
 * `t#TICKET`, opened by staff on a phone that has no door yet: where tonight has one performance the
 * ticket goes there, else one is chosen first.
 */
@Component({
  selector: 'azione-opened-ticket-page',
  imports: [ProblemPanel],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <section class="azione-page">
      <h1 i18n="@@door.opened.heading">Biglietto</h1>
      @if (problem(); as problem) {
        <azione-problem-panel [problem]="problem" (retry)="handOver()" />
      } @else {
        <p role="status" i18n="@@door.opened.loading">Cerco la replica di stasera…</p>
      }
    </section>
  `,
})
export class OpenedTicketPage {
  private readonly api = inject(Api);
  private readonly router = inject(Router);
  private readonly route = inject(ActivatedRoute);

  protected readonly problem = signal<Problem | null>(null);

  constructor() {
    void this.handOver();
  }

  protected async handOver(): Promise<void> {
    this.problem.set(null);
    try {
      const tonight = await this.api.invoke(listDoorPerformances, {});
      const [only, ...others] = tonight;
      const hasOne = only !== undefined && others.length === 0;
      await this.router.navigate(hasOne ? ['/performances', only.id] : ['/'], {
        preserveFragment: true,
        replaceUrl: true,
      });
    } catch (error) {
      await this.explain(toProblem(error));
    }
  }

  private async explain(problem: Problem): Promise<void> {
    if (problem.code === 'not_authenticated') {
      await this.router.navigate(['/sign-in'], {
        queryParams: { next: '/t' },
        fragment: this.route.snapshot.fragment ?? undefined,
      });
    } else {
      this.problem.set(problem);
    }
  }
}
