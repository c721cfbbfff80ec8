import { ChangeDetectionStrategy, Component, input, output } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import { ApiTimePipe } from '@azione/shared/time/api-time-pipe';
import { Attempt } from './attempt';
import { LogLine } from './log-lines';
import { UndoTarget } from './scan-journal';

/** The last answers, of this phone and of the others: what has cleared itself can be read again. */
@Component({
  selector: 'azione-scan-log',
  imports: [ApiTimePipe, MatButton, MatIcon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './scan-log.html',
  styleUrl: './scan-log.scss',
})
export class ScanLog {
  readonly lines = input.required<readonly LogLine[]>();
  readonly retried = output<Attempt>();
  readonly undoWanted = output<UndoTarget>();
}
