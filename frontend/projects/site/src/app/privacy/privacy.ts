import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { Api } from '@azione/shared/api/generated/api';
import { getPage } from '@azione/shared/api/generated/functions';
import { injectLanguage } from '@azione/shared/api/language';
import { injectPreview } from '@azione/shared/api/preview';
import { query } from '@azione/shared/api/query';
import { TheatreInfo } from '@azione/shared/theatre/theatre';
import { DraftNotice } from '@azione/shared/ui/draft-notice';
import { PageHeading } from '@azione/shared/ui/page-heading';

/** What is kept of a guest, in words a guest reads: what the company adds, and what the site itself does. */
@Component({
  selector: 'azione-privacy',
  imports: [DraftNotice, PageHeading],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './privacy.html',
})
export class Privacy {
  private readonly api = inject(Api);
  private readonly language = injectLanguage();
  private readonly preview = injectPreview();

  protected readonly theatre = inject(TheatreInfo);
  /** There need not be one; without it, what follows stands by itself. */
  protected readonly companys = query({
    params: () => `privacy ${this.preview() ?? ''}`,
    load: () =>
      this.api.invoke(getPage, {
        slug: 'privacy',
        language: this.language,
        Authorization: this.preview(),
      }),
  });
}
