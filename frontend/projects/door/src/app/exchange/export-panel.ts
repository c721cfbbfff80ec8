import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import { injectSaveFile } from '@azione/shared/ui/save-file';
import { DeviceSessions } from '../device/device-session';
import { ServerClock } from '../device/server-clock';
import { Outbox } from '../offline/outbox';
import { exportFile, exportFileName } from './export-file';

/** For the night on which the network never comes back: the scans as a file that a person carries. */
@Component({
  selector: 'azione-export-panel',
  imports: [MatButton, MatIcon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './export-panel.html',
  styleUrl: './export-panel.scss',
})
export class ExportPanel {
  private readonly sessions = inject(DeviceSessions);
  private readonly outbox = inject(Outbox);
  private readonly clock = inject(ServerClock);
  private readonly saveFile = injectSaveFile();

  protected readonly waiting = this.outbox.waiting;
  protected readonly hasEnded = computed(() => this.sessions.ended() !== null);
  /** The file that was made last, until scans are delivered or others are made. */
  protected readonly file = signal<File | null>(null);
  protected readonly isShareable = computed(() => canShare(this.file()));
  protected readonly isDiscarding = signal(false);

  constructor() {
    void this.outbox.restore();
  }

  protected async export(): Promise<void> {
    const session = this.sessions.current();
    if (session === null) {
      return;
    }
    const by = {
      performance: session.performance.id,
      device: session.device.id,
      name: session.device.name,
    };
    const madeAt = this.clock.now();
    const text = await exportFile(by, await this.outbox.undelivered(), madeAt, session.deviceKey);
    // The share sheets of most phones let plain text pass and nothing more exact.
    const file = new File([text], exportFileName(by, madeAt), { type: 'text/plain' });
    this.saveFile(file, file.name);
    this.file.set(file);
  }

  protected async share(): Promise<void> {
    const file = this.file();
    if (file !== null) {
      // Closing the sheet without choosing is not an error; the download is there either way.
      await navigator.share({ files: [file] }).catch(() => undefined);
    }
  }

  protected async discard(): Promise<void> {
    await this.outbox.discard();
    this.isDiscarding.set(false);
    this.file.set(null);
  }
}

function canShare(file: File | null): boolean {
  const { canShare } = navigator as Partial<Navigator>;
  return file !== null && (canShare?.call(navigator, { files: [file] }) ?? false);
}
