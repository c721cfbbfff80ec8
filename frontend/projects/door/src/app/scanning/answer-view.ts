import { Problem } from '@azione/shared/api/problem';
import { problemMessage } from '@azione/shared/api/problem-message';
import { IconName } from '@azione/shared/ui/icons';
import { GateAnswer, ScanOutcome } from '../offline/scan-answer';
import { Tone, Words, outcomeWords } from './answer-words';

/** What the door has to show: an answer, a code that is none of ours, or no answer. */
export type ScanResult =
  | { readonly kind: 'answer'; readonly answer: GateAnswer; readonly asked: number | null }
  | { readonly kind: 'notATicket'; readonly why: 'reservationLink' | 'foreign' | 'exchange' }
  | { readonly kind: 'problem'; readonly problem: Problem };

export interface AnswerContext {
  readonly locale: string;
  readonly performanceCancelled: boolean;
  /** A manager may let in more than the party. */
  readonly canManage: boolean;
}

/** The answer in words and signs; whoever decided it, the server or the list on the phone. */
export interface AnswerView {
  readonly tone: Tone;
  readonly icon: IconName;
  /** Over the title: that this is a repetition, or nobody's reservation. */
  readonly note: string | null;
  readonly title: string;
  /** "3 di 4 entrati" */
  readonly party: string | null;
  readonly name: string | null;
  readonly reference: string | null;
  readonly details: readonly string[];
  readonly next: string | null;
  /** Who decided, when it was not the server. */
  readonly mark: string | null;
  /** How many of the party may still go in, when one tap can admit just those. */
  readonly admitRest: number | null;
  /** How many to begin with, when a manager may let them in all the same, with a reason. */
  readonly exception: number | null;
  readonly action: 'retry' | 'signIn' | null;
}

export function presentResult(result: ScanResult, context: AnswerContext): AnswerView {
  switch (result.kind) {
    case 'answer':
      return presentAnswer(result.answer, result.asked, context);
    case 'notATicket':
      return { ...NOTHING, ...notATicketWords(result.why), details: [] };
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
  mark: null,
  admitRest: null,
  exception: null,
  action: null,
} as const;

function presentAnswer(
  answer: GateAnswer,
  asked: number | null,
  context: AnswerContext,
): AnswerView {
  const outcome =
    (answer.outcome === 'replay' ? answer.replayed_outcome : answer.outcome) ?? 'unknown';
  const left = seatsLeft(answer);
  const words = outcomeWords(outcome, { answer, asked, left, ...context });
  return {
    ...NOTHING,
    ...words,
    details: (words.details ?? []).filter((line) => line !== null),
    note: noteOf(answer),
    party: partyOf(answer, outcome),
    name: answer.reservation?.name ?? null,
    reference: answer.reservation?.reference ?? null,
    mark: markOf(answer),
    admitRest: outcome === 'over_party' && left > 0 ? left : null,
    exception: context.canManage ? exceptionSeats(outcome, asked) : null,
  };
}

function noteOf(answer: GateAnswer): string | null {
  if (answer.outcome === 'replay') {
    return $localize`:@@door.answer.replay:Già registrato: vale una volta sola`;
  }
  return answer.kind === 'walk_in' ? $localize`:@@door.answer.walkIn:Senza prenotazione` : null;
}

function markOf(answer: GateAnswer): string | null {
  return answer.decidedBy === 'device'
    ? $localize`:@@door.answer.byDevice:Deciso da questo telefono, senza rete`
    : null;
}

function exceptionSeats(outcome: ScanOutcome, asked: number | null): number | null {
  switch (outcome) {
    case 'already_admitted':
      return 1;
    case 'over_party':
      return asked;
    default:
      return null;
  }
}

function seatsLeft({ reservation }: GateAnswer): number {
  return reservation === null ? 0 : Math.max(0, reservation.seats - reservation.admitted);
}

const WITH_PARTY: readonly ScanOutcome[] = [
  'admitted',
  'already_admitted',
  'over_party',
  'undone',
  'conflict',
];

function partyOf({ reservation }: GateAnswer, outcome: ScanOutcome): string | null {
  if (reservation === null || !WITH_PARTY.includes(outcome)) {
    return null;
  }
  const { admitted, seats } = reservation;
  return $localize`:@@door.answer.party:${admitted}:admitted: di ${seats}:seats: entrati`;
}

export function notATicketWords(
  why: 'reservationLink' | 'foreign' | 'exchange',
): Omit<Words, 'details'> {
  switch (why) {
    case 'reservationLink':
      return {
        tone: 'ask',
        icon: 'ticket',
        title: $localize`:@@door.answer.reservationLink.title:Non è il biglietto`,
        next: $localize`:@@door.answer.reservationLink.next:Questo è il link alla prenotazione. Chiedi il codice QR, o il riferimento di sei lettere.`,
      };
    case 'exchange':
      return {
        tone: 'ask',
        icon: 'phone',
        title: $localize`:@@door.answer.exchange.title:È il codice di un altro telefono`,
        next: $localize`:@@door.answer.exchange.next:Per leggerlo apri «Allinea i telefoni».`,
      };
    case 'foreign':
      return {
        tone: 'ask',
        icon: 'qr',
        title: $localize`:@@door.answer.foreign.title:Codice non nostro`,
        next: $localize`:@@door.answer.foreign.next:Non è un biglietto di questo teatro. Leggi il QR dell’e-mail, o scrivi le sei lettere del riferimento.`,
      };
  }
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
