import { ChangeDetectionStrategy, Component, inject, output, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { problemMessage } from '@azione/shared/api/problem-message';
import { toProblem } from '@azione/shared/api/to-problem';
import { DeviceName } from '../device/device-name';
import { DeviceSessions } from '../device/device-session';
import { NameField } from '../device/name-field';

/** Another holder, another name: the server has to hear it, so it takes a network. */
@Component({
  selector: 'azione-rename-form',
  imports: [MatButton, NameField],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <form (submit)="save($event)" novalidate>
      <azione-name-field [(name)]="name" [isMissing]="isMissing()" />
      <p role="alert" class="problem">{{ problem() }}</p>
      <button matButton="filled" type="submit" class="door-big" i18n="@@door.device.save">
        Salva il nome
      </button>
    </form>
  `,
  styles: `
    form {
      display: grid;
      gap: 0.5rem;
    }

    .problem {
      margin: 0;
      color: var(--mat-sys-error);
    }
  `,
})
export class RenameForm {
  readonly saved = output();

  private readonly sessions = inject(DeviceSessions);
  private readonly deviceName = inject(DeviceName);
  protected readonly name = signal(this.sessions.current()?.device.name ?? this.deviceName.name());
  protected readonly isMissing = signal(false);
  protected readonly problem = signal('');

  protected async save(event: Event): Promise<void> {
    event.preventDefault();
    this.isMissing.set(this.name().trim() === '');
    if (this.isMissing()) {
      return;
    }
    this.problem.set('');
    try {
      await this.sessions.rename(this.name().trim());
      this.deviceName.rename(this.name());
      this.saved.emit();
    } catch (error) {
      this.problem.set(problemMessage(toProblem(error)));
    }
  }
}
