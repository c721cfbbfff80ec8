import { formatDate } from '@angular/common';
import { IconName } from '@azione/shared/ui/icons';
import { DoorList } from '../door-list/door-list';
import { Section } from '../offline/knowledge';
import { ReadCode, RefusedCode } from './message';
import { seatsOf } from './sections';

/** What a read code has changed, or why it has changed nothing, in plain words. */
export interface ReadingWords {
  readonly tone: 'go' | 'ask';
  readonly icon: IconName;
  readonly title: string;
  readonly lines: readonly string[];
}

export function readingWords(code: ReadCode, list: DoorList): ReadingWords {
  if (!code.ok) {
    const { icon, title, next } = REFUSALS[code.why]();
    return { tone: 'ask', icon, title, lines: [next, NOTHING_CHANGED()] };
  }
  const { from, news, madeAt } = code;
  const time = theatreTime(madeAt, list);
  const isNewOfItself = news.includes(from);
  const others = news.filter((section) => section !== from);
  return {
    tone: 'go',
    icon: 'check',
    title: $localize`:@@door.exchange.read.title:Letto`,
    lines: [
      isNewOfItself ? learnedOf(from, list, time) : nothingNewOf(from, list),
      ...others.map((section) => alsoLearnedOf(section, list)),
    ],
  };
}

/** On the clock of the foyer, whatever zone this phone is set to. */
export function theatreTime(moment: Date, { performance }: DoorList): string {
  const offset = /[+-]\d{2}:\d{2}$/.exec(performance.starts_at)?.[0] ?? 'UTC';
  return formatDate(moment, 'HH:mm', 'en-US', offset);
}

export function seatsInWords(seats: number): string {
  return seats === 1
    ? $localize`:@@door.exchange.seats.one:1 posto`
    : $localize`:@@door.exchange.seats.some:${seats}:seats: posti`;
}

function learnedOf(section: Section, list: DoorList, time: string): string {
  const [door, seats] = [nameOf(section, list), seatsInWords(seatsOf(section))];
  return $localize`:@@door.exchange.read.learned:Ora questo telefono sa degli ingressi di «${door}:door:»: ${seats}:seats:, alle ${time}:time:.`;
}

function alsoLearnedOf(section: Section, list: DoorList): string {
  const [door, seats] = [nameOf(section, list), seatsInWords(seatsOf(section))];
  return $localize`:@@door.exchange.read.also:E, per suo tramite, di quelli di «${door}:door:»: ${seats}:seats:.`;
}

function nothingNewOf(section: Section, list: DoorList): string {
  const door = nameOf(section, list);
  return $localize`:@@door.exchange.read.nothingNew:Di «${door}:door:» sapeva già tutto.`;
}

/** A phone that was paired after the list was made has no name here yet. */
function nameOf({ device }: Section, list: DoorList): string {
  const listed = list.devices.find(({ number }) => number === device)?.name;
  return listed ?? $localize`:@@door.exchange.nameless:Telefono ${device}:number:`;
}

const NOTHING_CHANGED = () =>
  $localize`:@@door.exchange.refused.nothing:Su questo telefono non è cambiato niente.`;

const REFUSALS: Readonly<
  Record<RefusedCode, () => { icon: IconName; title: string; next: string }>
> = {
  notACode: () => ({
    icon: 'qr',
    title: $localize`:@@door.exchange.notACode.title:Non è il codice di un telefono`,
    next: $localize`:@@door.exchange.notACode.next:Serve il QR che l’altro telefono mostra in questa stessa pagina, «Allinea i telefoni».`,
  }),
  altered: () => ({
    icon: 'warning',
    title: $localize`:@@door.exchange.altered.title:Codice rovinato`,
    next: $localize`:@@door.exchange.altered.next:Non si è letto intero, oppure qualcuno lo ha modificato. Fallo mostrare di nuovo e rileggilo.`,
  }),
  otherPerformance: () => ({
    icon: 'calendar',
    title: $localize`:@@door.exchange.other.title:È di un’altra replica`,
    next: $localize`:@@door.exchange.other.next:Si allineano solo i telefoni della stessa replica. Controllate il titolo e l’ora in cima alle due pagine.`,
  }),
  ownCode: () => ({
    icon: 'phone',
    title: $localize`:@@door.exchange.own.title:È il codice di questo telefono`,
    next: $localize`:@@door.exchange.own.next:Inquadra lo schermo dell’altro telefono, non il tuo.`,
  }),
  old: () => ({
    icon: 'clock',
    title: $localize`:@@door.exchange.old.title:Niente di nuovo`,
    next: $localize`:@@door.exchange.old.next:Quello che dice il codice, questo telefono lo sapeva già: è lo stesso di prima, o uno più vecchio.`,
  }),
};
