import { Injectable, computed, inject } from '@angular/core';
import { DeviceSession, DeviceSessions } from '../device/device-session';
import { ServerClock } from '../device/server-clock';
import { DoorList } from '../door-list/door-list';
import { DoorLists } from '../door-list/door-lists';
import { Own, Section } from '../offline/knowledge';
import { LearnedSections } from '../offline/learned';
import { Outbox } from '../offline/outbox';
import { Message, ReadCode, encode, read } from './message';
import { knownSequence, sectionsToShow } from './sections';

/** Larger codes than a QR code of version 25 are hard to read from a screen, and slow on old phones. */
export const LONGEST_CODE = 1853;

export interface ShownCode {
  readonly text: string;
  readonly madeAt: Date;
  /** This phone's own admissions. */
  readonly own: Section;
}

/** What this phone tells other phones of the same door, and hears of them, without a network. */
@Injectable({ providedIn: 'root' })
export class Alignment {
  private readonly sessions = inject(DeviceSessions);
  private readonly lists = inject(DoorLists);
  private readonly outbox = inject(Outbox);
  private readonly learned = inject(LearnedSections);
  private readonly clock = inject(ServerClock);

  /** Null for a phone that has nothing to align: not paired, without a list, or not over HTTPS. */
  readonly door = computed(() => {
    const [session, list] = [this.sessions.current(), this.lists.list()];
    return session === null || list === null ? null : { session, list };
  });

  async restore(): Promise<void> {
    await Promise.all([this.lists.restore(), this.outbox.restore(), this.learned.restore()]);
  }

  /** All there is to tell, or as much of it as fits; this phone's own admissions always do. */
  async show(): Promise<ShownCode | null> {
    const door = this.door();
    if (door === null) {
      return null;
    }
    const madeAt = this.clock.now();
    const own = await this.own(door.session);
    const sections = [...sectionsToShow(door.list, own, this.learned.sections())];
    const written = () =>
      encode(messageOf(door.list, madeAt, sections), door.session.performanceKey);
    let text = await written();
    while (text.length > LONGEST_CODE && sections.length > 1) {
      sections.pop();
      text = await written();
    }
    return sections[0] === undefined ? null : { text, madeAt, own: sections[0] };
  }

  /** What the code says is kept before this resolves; a refused one leaves everything as it was. */
  async read(text: string): Promise<ReadCode> {
    const door = this.door();
    if (door === null) {
      return { ok: false, why: 'notACode' };
    }
    const { session, list } = door;
    const code = await read(text, {
      key: session.performanceKey,
      performance: session.performance.id,
      device: session.device.number,
      sequenceOf: (device) => knownSequence(list, this.learned.sections(), device),
    });
    if (code.ok) {
      await this.learned.learn(code.news);
    }
    return code;
  }

  private async own({ device }: DeviceSession): Promise<Own> {
    return { device: device.number, records: await this.outbox.records() };
  }
}

function messageOf(list: DoorList, madeAt: Date, sections: readonly Section[]): Message {
  return { performance: list.performance.id, madeAt, sections };
}
