import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  afterNextRender,
  computed,
  effect,
  inject,
  signal,
  viewChild,
} from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { MatButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import { ActivatedRoute, Router, RouterLink } from '@angular/router';
import { DeviceName } from '../device/device-name';
import { DeviceSessions } from '../device/device-session';
import { NameField } from '../device/name-field';
import { Vault } from '../device/vault';
import { readPairingCode, writtenPairingCode } from './pairing-code';
import { pairingProblem } from './pairing-problem';

/** `pair#CODE`: a phone becomes one of tonight's doors. Without a code there is a field to type it. */
@Component({
  selector: 'azione-pair-page',
  imports: [MatButton, MatIcon, NameField, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './pair-page.html',
  styleUrl: './pair-page.scss',
})
export class PairPage {
  private readonly router = inject(Router);
  private readonly deviceName = inject(DeviceName);
  protected readonly sessions = inject(DeviceSessions);
  protected readonly vault = inject(Vault);

  private readonly nameField = viewChild.required(NameField);
  private readonly codeField = viewChild<ElementRef<HTMLInputElement>>('codeField');

  private readonly fragment = toSignal(inject(ActivatedRoute).fragment, { initialValue: null });

  /** The one of the link, which is not in the address any more. */
  protected readonly brought = signal<string | null>(null);
  protected readonly typed = signal('');
  protected readonly name = signal(this.deviceName.name());
  protected readonly isSending = signal(false);
  protected readonly isNameMissing = signal(false);
  protected readonly message = signal('');
  protected readonly written = computed(() => {
    const code = this.brought();
    return code === null ? null : writtenPairingCode(code);
  });

  constructor() {
    effect(() => {
      this.takeFromAddress(this.fragment());
    });
    afterNextRender(() => {
      this.focus();
    });
  }

  protected async send(event: Event): Promise<void> {
    event.preventDefault();
    if (this.isSending()) {
      return;
    }
    const code = this.brought() ?? readPairingCode(this.typed());
    this.isNameMissing.set(this.name().trim() === '');
    if (code === null) {
      this.message.set(
        $localize`:@@door.pair.incomplete:Scrivi tutte e dieci le lettere del codice, come ABCDE-FGHJK.`,
      );
      this.codeField()?.nativeElement.focus();
    } else if (this.isNameMissing()) {
      this.message.set('');
      this.nameField().focus();
    } else {
      await this.pair(code);
    }
  }

  /** The code of the link was no good: another one can be typed. */
  protected useAnotherCode(): void {
    this.brought.set(null);
    this.message.set('');
  }

  /** Whoever picks up the phone later, or looks at its history, finds no code. */
  private takeFromAddress(fragment: string | null): void {
    if (fragment) {
      this.brought.set(readPairingCode(fragment));
      void this.router.navigate([], { replaceUrl: true });
    }
  }

  private async pair(code: string): Promise<void> {
    this.isSending.set(true);
    this.message.set('');
    this.deviceName.rename(this.name());
    try {
      const session = await this.sessions.pairWithCode(code, this.deviceName.name());
      await this.router.navigate(['/performances', session.performance.id], { replaceUrl: true });
    } catch (error) {
      this.message.set(pairingProblem(error));
    } finally {
      this.isSending.set(false);
    }
  }

  private focus(): void {
    if (this.brought() === null) {
      this.codeField()?.nativeElement.focus();
    } else {
      this.nameField().focus();
    }
  }
}
