import { ChangeDetectionStrategy, Component } from '@angular/core';

/** Above what guests do not see yet. */
@Component({
  selector: 'azione-draft-notice',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <p role="status" i18n="@@shared.draft.notice">
      È una bozza: la vede solo chi ha questo link. Si pubblica dall’amministrazione.
    </p>
  `,
  styles: `
    p {
      margin: 0;
      padding: 0.75rem var(--azione-gutter);
      background: var(--azione-warn);
      color: var(--azione-on-warn);
      font-weight: 650;
      text-align: center;
    }
  `,
})
export class DraftNotice {}
