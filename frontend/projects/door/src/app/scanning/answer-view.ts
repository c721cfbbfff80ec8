import { ScanAnswer } from '@azione/shared/api/generated/models/scan-answer';
import { ScanOutcomeEnum } from '@azione/shared/api/generated/models/scan-outcome-enum';
import { Problem } from '@azione/shared/api/problem';
import { problemMessage } from '@azione/shared/api/problem-message';
import { formatApiTime } from '@azione/shared/time/api-time';
import { IconName } from '@azione/shared/ui/icons';

/** go: let in; ask: a word with the guest settles it; stop: nobody goes in; lost: nobody knows. */
export type Tone = 'go' | 'ask' | 'stop' | 'lost';

/** What the door has to show: an answer, a code that is none of ours, or no answer. */
export type ScanResult =
  | { readonly kind: 'answer'; readonly answer: ScanAnswer; readonly asked: number | null }
  | { readonly kind: 'notATicket'; readonly why: 'reservationLink' | 'foreign' }
  | { readonly kind: 'problem'; readonly problem: Problem };

export interface AnswerContext {
  readonly locale: string;
  /** The API calls a ticket cancelled when its performance is; the words should not. */
  readonly performanceCancelled: boolean;
}

/** The answer in words and signs; whoever decided it, the server today or a list on the phone later. */
export interface AnswerView {
  readonly tone: Tone;
  readonly icon: IconName;
  /** Over the title: that this is a repetition. */
  readonly note: string | null;
  readonly title: string;
  /** "3 di 4 entrati" */
  readonly party: string | null;
  readonly name: string | null;
  readonly reference: string | null;
  readonly details: readonly string[];
  readonly next: string | null;
  /** How many of the party may still go in, when one tap can admit just those. */
  readonly admitRest: number | null;
  readonly action: 'retry' | 'signIn' | null;
}

type Words = Pick<AnswerView, 'tone' | 'icon' | 'title' | 'next'> & {
  readonly details?: readonly string[];
};

export function presentResult(result: ScanResult, context: AnswerContext): AnswerView {
  switch (result.kind) {
    case 'answer':
      return presentAnswer(result.answer, result.asked, context);
    case 'notATicket':
      return { ...NOTHING, ...notATicketWords(result.why) };
    case 'problem':
      return presentProblem(result.problem);
  }
}

const NOTHING = {
  note: null,
  party: null,
  name: null,
  reference: null,
  details: [],
  admitRest: null,
  action: null,
} as const;

function presentAnswer(
  answer: ScanAnswer,
  asked: number | null,
  context: AnswerContext,
): AnswerView {
  const isReplay = answer.outcome === 'replay';
  const outcome = (isReplay ? answer.replayed_outcome : answer.outcome) ?? 'unknown';
  const left = seatsLeft(answer);
  return {
    ...NOTHING,
    ...WORDS[outcome]({ answer, asked, left, context }),
    note: isReplay ? $localize`:@@door.answer.replay:Già registrato: vale una volta sola` : null,
    party: partyOf(answer, outcome),
    name: answer.reservation?.name ?? null,
    reference: answer.reservation?.reference ?? null,
    admitRest: outcome === 'over_party' && left > 0 ? left : null,
  };
}

function seatsLeft({ reservation }: ScanAnswer): number {
  return reservation === null ? 0 : Math.max(0, reservation.seats - reservation.admitted);
}

const WITH_PARTY: readonly ScanOutcomeEnum[] = ['admitted', 'already_admitted', 'over_party'];

function partyOf({ reservation }: ScanAnswer, outcome: ScanOutcomeEnum): string | null {
  if (reservation === null || !WITH_PARTY.includes(outcome)) {
    return null;
  }
  const { admitted, seats } = reservation;
  return $localize`:@@door.answer.party:${admitted}:admitted: di ${seats}:seats: entrati`;
}

interface Case {
  readonly answer: ScanAnswer;
  readonly asked: number | null;
  readonly left: number;
  readonly context: AnswerContext;
}

/** One entry for each outcome: the compiler counts. */
const WORDS: Readonly<Record<ScanOutcomeEnum, (scan: Case) => Words>> = {
  admitted: ({ answer, left }) => ({
    tone: 'go',
    icon: 'check',
    title: admittedTitle(answer.seats_admitted),
    next: left > 0 ? stillOutside(left) : null,
  }),
  already_admitted: ({ answer, context }) => ({
    tone: 'stop',
    icon: 'blocked',
    title: $localize`:@@door.answer.already.title:Già dentro`,
    details: [firstAdmission(answer, context.locale)].filter((line) => line !== null),
    next: $localize`:@@door.answer.already.next:Il biglietto è già stato usato per intero. Se qualcuno non torna, chiama chi gestisce la sala.`,
  }),
  over_party: ({ answer, asked, left, context }) => ({
    tone: 'ask',
    icon: 'people',
    title: overPartyTitle(left),
    details: [overPartyDetail(asked), firstAdmission(answer, context.locale)].filter(
      (line) => line !== null,
    ),
    next: $localize`:@@door.answer.over.next:Gli altri hanno bisogno di un posto loro: mandali da chi gestisce la sala.`,
  }),
  not_confirmed: () => ({
    tone: 'ask',
    icon: 'clock',
    title: $localize`:@@door.answer.notConfirmed.title:Non confermata`,
    next: $localize`:@@door.answer.notConfirmed.next:Fai aprire all’ospite il nostro messaggio e premere «Conferma»; poi leggi di nuovo il biglietto.`,
  }),
  cancelled: ({ context }) => cancelledWords(context),
  wrong_performance: () => ({
    tone: 'stop',
    icon: 'calendar',
    title: $localize`:@@door.answer.wrong.title:Altra replica`,
    next: $localize`:@@door.answer.wrong.next:Il biglietto vale per un’altra sera o un’altra sala. Guarda con l’ospite data e ora nell’e-mail.`,
  }),
  unknown: () => ({
    tone: 'stop',
    icon: 'search',
    title: $localize`:@@door.answer.unknown.title:Non trovato`,
    next: $localize`:@@door.answer.unknown.next:Nessuna prenotazione ha questo codice. Prova con il riferimento di sei lettere che è nell’e-mail.`,
  }),
  // A replay is shown as what it was; the API never calls the first answer a replay.
  replay: (scan) => WORDS.unknown(scan),
};

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

function firstAdmission(answer: ScanAnswer, locale: string): string | null {
  const { first_admitted_at: at, first_device: device } = answer;
  if (at === null) {
    return null;
  }
  const time = formatApiTime(at, 'time', locale);
  return device
    ? $localize`:@@door.answer.firstAt.device:Primo ingresso alle ${time}:time: da «${device}:device:»`
    : $localize`:@@door.answer.firstAt:Primo ingresso alle ${time}:time:`;
}

function cancelledWords(context: AnswerContext): Words {
  const cancelled = { tone: 'stop', icon: 'close' } as const;
  return context.performanceCancelled
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

function notATicketWords(why: 'reservationLink' | 'foreign'): Words {
  return why === 'reservationLink'
    ? {
        tone: 'ask',
        icon: 'ticket',
        title: $localize`:@@door.answer.reservationLink.title:Non è il biglietto`,
        next: $localize`:@@door.answer.reservationLink.next:Questo è il link alla prenotazione. Chiedi il codice QR, o il riferimento di sei lettere.`,
      }
    : {
        tone: 'ask',
        icon: 'qr',
        title: $localize`:@@door.answer.foreign.title:Codice non nostro`,
        next: $localize`:@@door.answer.foreign.next:Non è un biglietto di questo teatro. Leggi il QR dell’e-mail, o scrivi le sei lettere del riferimento.`,
      };
}

function presentProblem(problem: Problem): AnswerView {
  if (problem.code === 'not_authenticated') {
    return {
      ...NOTHING,
      tone: 'lost',
      icon: 'person',
      title: $localize`:@@door.answer.signedOut.title:Accesso scaduto`,
      next: $localize`:@@door.answer.signedOut.next:Non è entrato nessuno. Accedi di nuovo, poi rileggi il biglietto.`,
      action: 'signIn',
    };
  }
  if (isUncertain(problem)) {
    return {
      ...NOTHING,
      tone: 'lost',
      icon: 'offline',
      title: $localize`:@@door.answer.lost.title:Nessuna risposta`,
      next: $localize`:@@door.answer.lost.next:Non si sa se l’ingresso è stato registrato. Riprova: lo stesso ingresso non conta mai due volte.`,
      action: 'retry',
    };
  }
  return {
    ...NOTHING,
    tone: 'lost',
    icon: 'error',
    title: $localize`:@@door.answer.refused.title:Non registrato`,
    next: problemMessage(problem),
    action: 'retry',
  };
}

/** The request may have been carried out although no answer, or a broken one, came back. */
function isUncertain(problem: Problem): boolean {
  return problem.code === 'network' || problem.status >= 500;
}
