import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { TheatreInfo } from '@azione/shared/theatre/theatre';
import { PageHeading } from '@azione/shared/ui/page-heading';

/** What is kept of a guest, in words a guest reads. */
@Component({
  selector: 'azione-privacy',
  imports: [PageHeading],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './privacy.html',
})
export class Privacy {
  protected readonly theatreName = inject(TheatreInfo).name;
}
