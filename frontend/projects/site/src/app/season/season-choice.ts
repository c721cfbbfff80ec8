import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import { Params, RouterLink } from '@angular/router';
import { Choice } from './season-filter';

/** A row of links, of which one is chosen; each puts its choice into the address and leaves the other ones there. */
@Component({
  selector: 'azione-season-choice',
  imports: [RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <nav [attr.aria-label]="label()">
      @for (choice of choices(); track choice.key) {
        <a
          [routerLink]="[]"
          [queryParams]="choosing(choice)"
          queryParamsHandling="merge"
          [attr.aria-current]="chosen() === choice.key ? 'true' : null"
          >{{ choice.name }}</a
        >
      }
    </nav>
  `,
  styleUrl: './season-choice.scss',
})
export class SeasonChoice {
  readonly label = input.required<string>();
  readonly parameter = input.required<string>();
  /** The first one has no key: it stands for all, and for nothing in the address. */
  readonly choices = input.required<readonly Choice[]>();
  readonly chosen = input.required<string>();

  protected choosing({ key }: Choice): Params {
    return { [this.parameter()]: key || null };
  }
}
