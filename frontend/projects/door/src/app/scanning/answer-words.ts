import { formatApiTime } from '@azione/shared/time/api-time';
import { IconName } from '@azione/shared/ui/icons';
import { GateAnswer, ScanOutcome } from '../offline/scan-answer';

/** go: let in; ask: a word with the guest settles it; stop: nobody goes in; lost: nobody knows. */
export type Tone = 'go' | 'ask' | 'stop' | 'lost';

export interface Words {
  readonly tone: Tone;
  readonly icon: IconName;
  readonly title: string;
  readonly details?: readonly (string | null)[];
  readonly next: string | null;
}

/** What the words of an answer depend on. */
export interface AnsweredCase {
  readonly answer: GateAnswer;
  readonly asked: number | null;
  /** How many of the party are still outside. */
  readonly left: number;
  readonly locale: string;
  /** The API calls a ticket cancelled when its performance is; the words should not. */
  readonly performanceCancelled: boolean;
}

export function outcomeWords(outcome: ScanOutcome, answered: AnsweredCase): Words {
  return WORDS[outcome](answered);
}

/** One entry for each outcome: the compiler counts. */
const WORDS: Readonly<Record<ScanOutcome, (answered: AnsweredCase) => Words>> = {
  admitted: ({ answer, left }) => ({
    tone: 'go',
    icon: 'check',
    title: admittedTitle(answer.seats_admitted),
    next: left > 0 ? stillOutside(left) : null,
  }),
  already_admitted: (answered) => ({
    tone: 'stop',
    icon: 'blocked',
    title: $localize`:@@door.answer.already.title:Già dentro`,
    details: [firstAdmission(answered)],
    next: $localize`:@@door.answer.already.next:Il biglietto è già stato usato per intero. Se qualcuno non torna, chiama chi gestisce la sala.`,
  }),
  over_party: (answered) => ({
    tone: 'ask',
    icon: 'people',
    title: overPartyTitle(answered.left),
    details: [overPartyDetail(answered.asked), firstAdmission(answered)],
    next: $localize`:@@door.answer.over.next:Gli altri hanno bisogno di un posto loro: mandali da chi gestisce la sala.`,
  }),
  not_confirmed: () => ({
    tone: 'ask',
    icon: 'clock',
    title: $localize`:@@door.answer.notConfirmed.title:Non confermata`,
    next: $localize`:@@door.answer.notConfirmed.next:Fai aprire all’ospite il nostro messaggio e premere «Conferma»; poi leggi di nuovo il biglietto.`,
  }),
  cancelled: ({ performanceCancelled }) => cancelledWords(performanceCancelled),
  wrong_performance: () => ({
    tone: 'stop',
    icon: 'calendar',
    title: $localize`:@@door.answer.wrong.title:Altra replica`,
    next: $localize`:@@door.answer.wrong.next:Il biglietto vale per un’altra sera o un’altra sala. Guarda con l’ospite data e ora nell’e-mail.`,
  }),
  unknown: ({ answer }) => (answer.kind === 'undo' ? nothingToUndo() : unknownWords()),
  undone: ({ answer }) => undoneWords(answer.seats_admitted),
  no_seats_left: ({ answer }) => ({
    tone: 'stop',
    icon: 'seat',
    title: $localize`:@@door.answer.noSeats.title:Posti finiti`,
    details: [seatsLeftDetail(answer.seats_left)],
    next: $localize`:@@door.answer.noSeats.next:In sala non c’è posto per così tante persone. Non è entrato nessuno: chiama chi gestisce la sala.`,
  }),
  not_allowed: () => ({
    tone: 'stop',
    icon: 'lock',
    title: $localize`:@@door.answer.notAllowed.title:Non da qui`,
    next: $localize`:@@door.answer.notAllowed.next:Questo telefono non può farli entrare senza prenotazione. Mandali da chi gestisce la sala.`,
  }),
  conflict: (answered) => ({
    tone: 'ask',
    icon: 'warning',
    title: $localize`:@@door.answer.conflict.title:Da chiarire`,
    details: [otherAdmission(answered)],
    next: $localize`:@@door.answer.conflict.next:Chi è entrato resta dentro. Chi gestisce la sala dirà se erano le stesse persone.`,
  }),
  // A replay is shown as what it was; the API never calls the first answer a replay.
  replay: () => unknownWords(),
};

function unknownWords(): Words {
  return {
    tone: 'stop',
    icon: 'search',
    title: $localize`:@@door.answer.unknown.title:Non trovato`,
    next: $localize`:@@door.answer.unknown.next:Nessuna prenotazione ha questo codice. Prova con il riferimento di sei lettere che è nell’e-mail.`,
  };
}

function nothingToUndo(): Words {
  return {
    tone: 'lost',
    icon: 'undo',
    title: $localize`:@@door.answer.nothingToUndo.title:Niente da annullare`,
    next: $localize`:@@door.answer.nothingToUndo.next:Quell’ingresso non risulta, o qualcuno lo ha già annullato.`,
  };
}

function undoneWords(seats: number): Words {
  return {
    tone: 'ask',
    icon: 'undo',
    title: $localize`:@@door.answer.undone.title:Annullato`,
    details: [
      seats > 0 ? $localize`:@@door.answer.undone.seats:Posti tolti: ${seats}:seats:` : null,
    ],
    next: $localize`:@@door.answer.undone.next:L’ingresso non conta più e il biglietto vale di nuovo. Il motivo resta scritto.`,
  };
}

function admittedTitle(seats: number): string {
  return seats === 1
    ? $localize`:@@door.answer.admitted.one:Avanti, 1\u00a0persona`
    : $localize`:@@door.answer.admitted.some:Avanti, ${seats}:seats:\u00a0persone`;
}

function stillOutside(left: number): string {
  return left === 1
    ? $localize`:@@door.answer.admitted.leftOne:Ne manca ancora una: entrerà con lo stesso biglietto.`
    : $localize`:@@door.answer.admitted.leftSome:Ne mancano ancora ${left}:seats:: entreranno con lo stesso biglietto.`;
}

function overPartyTitle(left: number): string {
  return left === 1
    ? $localize`:@@door.answer.over.titleOne:Resta 1 posto`
    : $localize`:@@door.answer.over.titleSome:Restano ${left}:seats: posti`;
}

function overPartyDetail(asked: number | null): string | null {
  return asked === null
    ? null
    : $localize`:@@door.answer.over.detail:Ne hai chiesti ${asked}:seats:: questa volta non è entrato nessuno.`;
}

function seatsLeftDetail(left: number | null): string | null {
  if (left === null || left <= 0) {
    return null;
  }
  return left === 1
    ? $localize`:@@door.answer.noSeats.one:Ne resta libero uno solo.`
    : $localize`:@@door.answer.noSeats.some:Ne restano liberi ${left}:seats:.`;
}

function firstAdmission({ answer, locale }: AnsweredCase): string | null {
  const { first_admitted_at: at, first_device: device } = answer;
  if (at === null) {
    // Another phone's code says who, and not when.
    return device
      ? $localize`:@@door.answer.learned:Già entrati da «${device}:device:»: lo dice il codice del suo telefono`
      : null;
  }
  const time = formatApiTime(at, 'time', locale);
  return device
    ? $localize`:@@door.answer.firstAt.device:Primo ingresso alle ${time}:time: da «${device}:device:»`
    : $localize`:@@door.answer.firstAt:Primo ingresso alle ${time}:time:`;
}

function otherAdmission({ answer, locale }: AnsweredCase): string | null {
  const { other_at: at, other_device: device } = answer.conflict ?? {};
  if (!at || !device) {
    return null;
  }
  const time = formatApiTime(at, 'time', locale);
  return $localize`:@@door.answer.conflict.other:Gli stessi posti erano già entrati alle ${time}:time: da «${device}:device:»`;
}

function cancelledWords(performanceCancelled: boolean): Words {
  const cancelled = { tone: 'stop', icon: 'close' } as const;
  return performanceCancelled
    ? {
        ...cancelled,
        title: $localize`:@@door.answer.performanceCancelled.title:Replica annullata`,
        next: $localize`:@@door.answer.performanceCancelled.next:Stasera non si recita: nessuno può entrare. Le altre date sono sul sito.`,
      }
    : {
        ...cancelled,
        title: $localize`:@@door.answer.cancelled.title:Annullata`,
        next: $localize`:@@door.answer.cancelled.next:La prenotazione è stata annullata e i posti sono tornati liberi. Manda l’ospite da chi gestisce la sala.`,
      };
}
