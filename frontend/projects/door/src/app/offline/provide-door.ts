import {
  EnvironmentProviders,
  inject,
  makeEnvironmentProviders,
  provideAppInitializer,
} from '@angular/core';
import { DOOR_LINE } from '@azione/shared/api/door-interceptor';
import { DeviceSessions } from '../device/device-session';
import { DoorLists } from '../door-list/door-lists';
import { LearnedSections } from './learned';
import { Link } from './link';
import { Outbox } from './outbox';

/** What this phone knew when the page was closed is there again before the page asks for it. */
export function provideDoor(): EnvironmentProviders {
  return makeEnvironmentProviders([
    { provide: DOOR_LINE, useExisting: DeviceSessions },
    provideAppInitializer(async () => {
      const [sessions, link] = [inject(DeviceSessions), inject(Link)];
      const parts = [inject(DoorLists), inject(LearnedSections), inject(Outbox)];
      await Promise.all(parts.map((part) => part.restore()));
      if (sessions.current() !== null) {
        void link.probe(); // is the server there, and does it still know this phone as it was?
      }
    }),
  ]);
}
