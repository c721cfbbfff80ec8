import { signal } from '@angular/core';

/** What phones' cameras can do beyond what TypeScript has heard of. */
interface Abilities extends MediaTrackCapabilities {
  readonly torch?: boolean;
  readonly focusMode?: readonly string[];
}

interface Wishes extends MediaTrackConstraintSet {
  readonly torch?: boolean;
  readonly focusMode?: string;
}

/** An open camera: what it is, and its torch. */
export class CameraTrack {
  private readonly shines = signal<boolean | null>(null);

  readonly torch = this.shines.asReadonly();
  readonly deviceId: string | null;
  readonly facesUser: boolean;

  constructor(
    readonly stream: MediaStream,
    private readonly track: MediaStreamTrack,
  ) {
    const { deviceId, facingMode } = track.getSettings();
    this.deviceId = deviceId ?? null;
    this.facesUser = facingMode === 'user';
  }

  hasEnded(): boolean {
    return this.track.readyState === 'ended';
  }

  /** Now that it runs: focus that follows, and the torch as it was before the camera had to start again. */
  async settle(isTorchWanted: boolean): Promise<void> {
    const { torch, focusMode } = this.abilities();
    if (focusMode?.includes('continuous')) {
      await this.wish({ focusMode: 'continuous' });
    }
    if (torch) {
      this.shines.set(false);
      if (isTorchWanted) {
        await this.shine(true);
      }
    }
  }

  /** A torch that will not is no torch: its button goes. */
  async shine(on: boolean): Promise<void> {
    this.shines.set((await this.wish({ torch: on })) ? on : null);
  }

  private async wish(wish: Wishes): Promise<boolean> {
    try {
      await this.track.applyConstraints({ advanced: [wish] });
      return true;
    } catch {
      return false;
    }
  }

  private abilities(): Abilities {
    // Firefox has it since 2024 only, whatever the types say.
    const track: Partial<MediaStreamTrack> = this.track;
    return track.getCapabilities?.call(this.track) ?? {};
  }
}
