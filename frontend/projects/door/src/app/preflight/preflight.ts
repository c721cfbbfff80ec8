import { DOCUMENT, Injectable, computed, inject, signal } from '@angular/core';
import { Decoder } from '../camera/decoder';
import { DoorSignals } from '../camera/door-signals';
import { DeviceSessions } from '../device/device-session';
import { ServerClock } from '../device/server-clock';
import { Vault } from '../device/vault';
import { DoorLists } from '../door-list/door-lists';
import {
  askForCamera,
  batteryLevel,
  cameraLeave,
  isAppKept,
  isStorageKept,
  keepStorage,
  letsSoundBeHeard,
} from './phone';
import { CheckDetails } from './check-words';
import { CameraLeave, PhoneFacts, evaluate } from './readiness';

interface Asked {
  readonly isAppKept: boolean;
  readonly isStorageKept: boolean | null;
  readonly camera: CameraLeave;
  readonly battery: number | null;
}

/** Finds out what this phone still lacks before it works without a network, and puts some of it right. */
@Injectable({ providedIn: 'root' })
export class Preflight {
  private readonly document = inject(DOCUMENT);
  private readonly sessions = inject(DeviceSessions);
  private readonly lists = inject(DoorLists);
  private readonly vault = inject(Vault);
  private readonly clock = inject(ServerClock);
  private readonly decoder = inject(Decoder);
  private readonly signals = inject(DoorSignals);

  /** Which door this is about. */
  readonly performanceId = signal<number | null>(null);

  private readonly asked = signal<Asked | null>(null);
  private readonly sound = signal<PhoneFacts['sound']>('untried');
  private readonly clockOffset = signal<number | null>(null);
  private readonly now = signal(Date.now());

  /** Null before the phone was looked at for the first time. */
  readonly readiness = computed(() => {
    const asked = this.asked();
    return asked === null ? null : evaluate({ ...asked, ...this.known() });
  });
  readonly details = computed<CheckDetails>(() => {
    const [age, offset] = [this.listAge(), this.clockOffset()];
    return {
      listMinutes: age === null ? null : Math.floor(age / 60_000),
      clockSeconds: offset === null ? null : Math.round(Math.abs(offset) / 1000),
    };
  });

  private readonly listAge = computed(() => {
    const madeAt = this.lists.madeAt();
    return madeAt === null ? null : Math.max(0, this.now() - madeAt.getTime());
  });

  /** Looks at everything again; what only a person can answer keeps its answer. */
  async look(): Promise<void> {
    await Promise.all([this.lists.restore(), this.decoder.load()]);
    const [isKept, isStorageSafe, camera, battery] = await Promise.all([
      isAppKept(this.document),
      isStorageKept(),
      cameraLeave(),
      batteryLevel(),
    ]);
    this.now.set(this.clock.now().getTime());
    this.clockOffset.set(this.clock.offsetMs());
    this.asked.set({ isAppKept: isKept, isStorageKept: isStorageSafe, camera, battery });
  }

  /** The browser may ask the holder: only where somebody has come to make the phone ready. */
  async keepStorage(): Promise<void> {
    await keepStorage();
    await this.look();
  }

  async refreshList(): Promise<void> {
    await this.lists.refresh();
    await this.look();
  }

  async allowCamera(): Promise<void> {
    await askForCamera();
    await this.look();
  }

  async testSound(): Promise<void> {
    const isHeard = !this.signals.isMuted() && (await letsSoundBeHeard());
    this.signals.play('go');
    this.sound.set(isHeard ? 'played' : 'failed');
  }

  private known(): Omit<PhoneFacts, keyof Asked> {
    const decoder = this.decoder.state();
    return {
      isSecure: this.document.defaultView?.isSecureContext === true,
      canStore: this.vault.isAvailable(),
      isPaired: this.isPaired(),
      listAge: this.listAge(),
      decoder: decoder === 'idle' ? 'loading' : decoder,
      clockOffset: this.clockOffset(),
      sound: this.sound(),
    };
  }

  private isPaired(): boolean {
    const performance = this.sessions.current()?.performance;
    const isKnown = this.sessions.ended() === null && !this.sessions.isUnknown();
    return isKnown && performance?.id === this.performanceId();
  }
}
