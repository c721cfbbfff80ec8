import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import { AdmittedBar } from '../door-list/admitted-bar';
import { ListCounts } from '../door-list/door-list';

/** The room in one line: who is in, who is still to come, what is free. */
@Component({
  selector: 'azione-live-counts',
  imports: [AdmittedBar],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @let now = counts();
    <p class="admitted">
      <strong>{{ now.admitted }}</strong>&ngsp;
      <ng-container i18n="@@door.counts.admitted"
        >entrati di {{ now.expected }} attesi</ng-container
      >
    </p>
    <azione-admitted-bar [admitted]="now.admitted" [expected]="now.expected" />
    <p class="others">
      <span i18n="@@door.counts.missing">{missing(), plural,
        =1 {ne manca 1}
        other {ne mancano {{ missing() }}}
      }</span>
      @if (now.walk_ins > 0) {
        <span i18n="@@door.counts.walkIns">{{ now.walk_ins }} senza prenotazione</span>
      }
      <span i18n="@@door.counts.left">{now.left, plural,
        =1 {1 posto libero}
        other {{{ now.left }} posti liberi}
      }</span>
      @if (now.inside !== now.admitted) {
        <span i18n="@@door.counts.inside">{{ now.inside }} in sala</span>
      }
    </p>
  `,
  styles: `
    :host {
      display: grid;
      gap: 0.25rem;
    }

    p {
      margin: 0;
      font-variant-numeric: tabular-nums;
    }

    .admitted {
      font-size: 1.25rem;
    }

    .admitted strong {
      font-size: 2rem;
      line-height: 1;
    }

    .others {
      display: flex;
      flex-wrap: wrap;
      gap: 0 1rem;
      color: var(--mat-sys-on-surface-variant);
    }
  `,
})
export class LiveCounts {
  readonly counts = input.required<ListCounts>();

  protected readonly missing = computed(() =>
    Math.max(0, this.counts().expected - this.counts().admitted),
  );
}
