import {
  ChangeDetectionStrategy,
  Component,
  DOCUMENT,
  DestroyRef,
  ElementRef,
  afterNextRender,
  computed,
  effect,
  inject,
  input,
  output,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import { MatButton, MatIconButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import { Camera, CameraState } from './camera';
import { TroubleWords, troubleWords } from './camera-trouble';
import { Decoder } from './decoder';
import { FrameGrabber } from './frame-grabber';
import { FrameLoop } from './frame-loop';
import { keepScreenAwake } from './screen-awake';
import { Sight } from './sight';
import { SoundSwitch } from './sound-switch';

/**
 * The camera that looks for QR codes for as long as it is shown. A code is told once each time that
 * it comes into view; while `paused` the looking goes on, and what is still there afterwards is told then.
 */
@Component({
  selector: 'azione-camera',
  imports: [MatButton, MatIcon, MatIconButton, SoundSwitch],
  providers: [Camera],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './camera-view.html',
  styleUrl: './camera-view.scss',
})
export class CameraView {
  readonly paused = input(false);
  /** The text as it stands in the code, whoever made it. */
  readonly decoded = output<string>();

  protected readonly camera = inject(Camera);
  protected readonly decoder = inject(Decoder);
  /** What has been told is still being held up: time for the next one. */
  protected readonly holdsRead = signal(false);
  protected readonly problem = computed(() => problemOf(this.camera.state(), this.isDead()));

  private readonly isDead = computed(() => this.decoder.state() === 'dead');
  private readonly document = inject(DOCUMENT);
  private readonly video = viewChild.required<ElementRef<HTMLVideoElement>>('video');
  private readonly grabber = new FrameGrabber(this.document);
  private readonly sight = new Sight();
  private readonly gone = new AbortController();

  constructor() {
    keepScreenAwake();
    this.camera.startAsRemembered();
    this.followEvents();
    effect(() => {
      if (this.camera.state() !== 'off') {
        void untracked(() => this.decoder.load());
      }
    });
    effect(() => {
      if (this.camera.stream() !== null) {
        this.play();
      }
    });
    const destroyed = inject(DestroyRef);
    afterNextRender(() => {
      const loop = this.makeLoop();
      loop.start();
      destroyed.onDestroy(() => {
        loop.stop();
      });
    });
  }

  protected retry(): void {
    void this.decoder.load();
    if (this.camera.state() !== 'live') {
      this.camera.start();
    }
  }

  private makeLoop(): FrameLoop {
    return new FrameLoop(this.video().nativeElement, {
      sawFrame: () => {
        this.camera.sawFrame();
      },
      look: () => this.look(),
      isPaused: () => this.paused(),
    });
  }

  private async look(): Promise<void> {
    const frame = this.grabber.grab(this.video().nativeElement);
    if (frame === null || this.decoder.state() !== 'ready') {
      return;
    }
    const texts = await this.decoder.read(frame);
    if (this.gone.signal.aborted) {
      return;
    }
    for (const text of this.sight.look(texts, performance.now(), !this.paused())) {
      this.decoded.emit(text);
    }
    this.holdsRead.set(this.sight.holdsTold);
  }

  /** A phone that slept comes back with its video stopped; a decoder that did not load comes with the network. */
  private followEvents(): void {
    const { signal } = this.gone;
    inject(DestroyRef).onDestroy(() => {
      this.gone.abort();
    });
    this.document.addEventListener(
      'visibilitychange',
      () => {
        this.play();
      },
      { signal },
    );
    this.document.defaultView?.addEventListener(
      'online',
      () => {
        if (this.isDead()) {
          void this.decoder.load();
        }
      },
      { signal },
    );
  }

  private play(): void {
    const video = this.video().nativeElement;
    if (video.srcObject !== null && this.document.visibilityState === 'visible') {
      // Refused while the stream is being replaced; the next stream plays itself.
      video.play().catch(() => undefined);
    }
  }
}

function problemOf(state: CameraState, isDecoderDead: boolean): TroubleWords | null {
  switch (state) {
    case 'off':
      return null;
    case 'starting':
    case 'live':
      return isDecoderDead ? deadDecoder() : null;
    default:
      return troubleWords(state);
  }
}

function deadDecoder(): TroubleWords {
  return {
    title: $localize`:@@door.camera.decoder.title:Il lettore dei codici non si carica`,
    next: $localize`:@@door.camera.decoder.next:Serve la rete una volta sola, per scaricarlo. Cercala e premi «Riprova»; intanto scrivi il riferimento o usa un lettore.`,
  };
}
