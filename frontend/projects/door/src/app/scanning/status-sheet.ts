import {
  ChangeDetectionStrategy,
  Component,
  computed,
  inject,
  output,
  signal,
} from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import { RouterLink } from '@angular/router';
import { DeviceSessions } from '../device/device-session';
import { Vault } from '../device/vault';
import { ExportPanel } from '../exchange/export-panel';
import { Link } from '../offline/link';
import { Outbox } from '../offline/outbox';
import { DeliverPanel } from './deliver-panel';
import { DeviceCounts } from './device-counts';
import { DoorState } from './door-state';
import { LeaveForm } from './leave-form';
import { RenameForm } from './rename-form';
import { Sheet } from './sheet';

/** Behind the strip: how this door stands, and what can be done about it. */
@Component({
  selector: 'azione-status-sheet',
  imports: [
    DeliverPanel,
    DeviceCounts,
    ExportPanel,
    LeaveForm,
    MatButton,
    MatIcon,
    RenameForm,
    RouterLink,
    Sheet,
  ],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './status-sheet.html',
  styleUrl: './status-sheet.scss',
})
export class StatusSheet {
  readonly closed = output();
  readonly left = output();

  protected readonly sessions = inject(DeviceSessions);
  protected readonly outbox = inject(Outbox);
  protected readonly vault = inject(Vault);
  protected readonly door = inject(DoorState);
  private readonly link = inject(Link);

  protected readonly doing = signal<'nothing' | 'renaming' | 'leaving'>('nothing');
  protected readonly isOffline = computed(() => this.link.state() === 'offline');
  /** Only those who can settle them are told. */
  protected readonly conflicts = computed(() =>
    this.sessions.current()?.canManage ? (this.door.counts()?.conflicts ?? 0) : 0,
  );
}
