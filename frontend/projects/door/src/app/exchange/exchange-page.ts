import { ChangeDetectionStrategy, Component, effect, inject, input, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import { RouterLink } from '@angular/router';
import { ApiTimePipe } from '@azione/shared/time/api-time-pipe';
import { refreshWhileVisible } from '@azione/shared/ui/refresh';
import { DoorSignals } from '../camera/door-signals';
import { keepScreenAwake } from '../camera/screen-awake';
import { DoorList } from '../door-list/door-list';
import { Alignment, ShownCode } from './alignment';
import { ExportPanel } from './export-panel';
import { QrPicture } from './qr-picture';
import { Reading } from './reading';
import { ReadingWords, readingWords, seatsInWords, theatreTime } from './reading-words';
import { seatsOf } from './sections';

type Step = 'show' | 'read';

const CODE_EVERY = 15_000;

/** Two phones without a network tell each other whom they have let in: one shows, the other reads. */
@Component({
  selector: 'azione-exchange-page',
  imports: [ApiTimePipe, ExportPanel, MatButton, MatIcon, QrPicture, Reading, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './exchange-page.html',
  styleUrl: './exchange-page.scss',
})
export class ExchangePage {
  /** From the route. */
  readonly id = input.required<string>();

  private readonly alignment = inject(Alignment);
  private readonly signals = inject(DoorSignals);

  protected readonly door = this.alignment.door;
  protected readonly isRestored = signal(false);
  protected readonly step = signal<Step>('show');
  protected readonly code = signal<ShownCode | null>(null);
  protected readonly words = signal<ReadingWords | null>(null);

  constructor() {
    keepScreenAwake();
    void this.alignment.restore().then(() => {
      this.isRestored.set(true);
    });
    effect(() => {
      if (this.door() !== null && this.isRestored() && this.step() === 'show') {
        void this.makeCode();
      }
    });
    refreshWhileVisible(() => void this.makeCode(), CODE_EVERY);
  }

  protected goTo(step: Step): void {
    this.words.set(null);
    this.step.set(step);
  }

  protected async read(text: string): Promise<void> {
    const door = this.door();
    if (door !== null) {
      const words = readingWords(await this.alignment.read(text), door.list);
      this.words.set(words);
      this.signals.play(words.tone);
    }
  }

  protected ownSeats({ own }: ShownCode): string {
    return seatsInWords(seatsOf(own));
  }

  protected timeOf({ madeAt }: ShownCode, list: DoorList): string {
    return theatreTime(madeAt, list);
  }

  private async makeCode(): Promise<void> {
    this.code.set(await this.alignment.show());
  }
}
