import { FieldProblem, Problem, ProblemCode } from './problem';

type Message = (problem: Problem) => string;

/** What happened and what to do next, in the reader's language. One entry per code: the compiler counts. */
const MESSAGES: Readonly<Record<ProblemCode, Message>> = {
  network: () =>
    $localize`:@@shared.problem.network:Non riusciamo a raggiungere il teatro. Controlla la connessione e riprova: anche se la richiesta era già partita, non varrà due volte.`,
  validation_failed: () =>
    $localize`:@@shared.problem.validation_failed:Alcuni dati non vanno bene. Correggi i campi segnalati e invia di nuovo.`,
  malformed_request: () =>
    $localize`:@@shared.problem.malformed_request:La richiesta è arrivata incompleta. Ricarica la pagina e riprova.`,
  sign_in_failed: () =>
    $localize`:@@shared.problem.sign_in_failed:Nome utente o password non corrispondono. Controllali e riprova.`,
  not_authenticated: () =>
    $localize`:@@shared.problem.not_authenticated:Devi accedere per continuare. Accedi e riprova.`,
  device_revoked: () =>
    $localize`:@@shared.problem.device_revoked:Questo telefono non è più abbinato all’ingresso. Chiedi a chi gestisce il teatro di abbinarlo di nuovo.`,
  device_expired: () =>
    $localize`:@@shared.problem.device_expired:La serata per cui questo telefono era abbinato è finita. Abbinalo di nuovo per la prossima replica.`,
  permission_denied: () =>
    $localize`:@@shared.problem.permission_denied:Il tuo account non può fare questa operazione. Chiedi a chi gestisce il teatro.`,
  not_found: () =>
    $localize`:@@shared.problem.not_found:Quello che cerchi non c’è, o non c’è più. Torna al programma.`,
  token_invalid: () =>
    $localize`:@@shared.problem.token_invalid:Questo link non è valido. Controlla di averlo aperto per intero, oppure fatti mandare una nuova e-mail.`,
  pairing_code_invalid: () =>
    $localize`:@@shared.problem.pairing_code_invalid:Questo codice non va bene, o non vale più: dura dieci minuti e per un telefono solo. Fattene dare uno nuovo.`,
  method_not_allowed: () =>
    $localize`:@@shared.problem.method_not_allowed:Questa operazione non è possibile. Ricarica la pagina e riprova.`,
  not_acceptable: () =>
    $localize`:@@shared.problem.not_acceptable:Il teatro non può rispondere nel formato richiesto. Ricarica la pagina e riprova.`,
  capacity_exceeded: (problem) => seatsLeftMessage(problem.seatsLeft),
  capacity_below_reserved: () =>
    $localize`:@@shared.problem.capacity_below_reserved:I posti già prenotati sono più di così. Lascia una capienza maggiore, oppure annulla prima qualche prenotazione.`,
  performance_closed: () =>
    $localize`:@@shared.problem.performance_closed:Le prenotazioni per questa replica sono chiuse. Scegli un’altra data, oppure presentati in biglietteria.`,
  performance_not_yet_open: () =>
    $localize`:@@shared.problem.performance_not_yet_open:Le prenotazioni per questa replica non sono ancora aperte. Torna quando apriranno: trovi la data nella pagina della replica.`,
  performance_cancelled: () =>
    $localize`:@@shared.problem.performance_cancelled:Questa replica è stata annullata. Scegli un’altra data.`,
  performance_started: () =>
    $localize`:@@shared.problem.performance_started:Lo spettacolo è già cominciato: la prenotazione non si può più cambiare.`,
  too_many_reservations: () =>
    $localize`:@@shared.problem.too_many_reservations:Con questo indirizzo e-mail ci sono già troppe prenotazioni per questa replica. Annullane una, oppure cambia il numero di posti di quella che hai.`,
  reservation_cancelled: () =>
    $localize`:@@shared.problem.reservation_cancelled:Questa prenotazione è stata annullata. Se vuoi venire, prenota di nuovo.`,
  reservation_not_confirmed: () =>
    $localize`:@@shared.problem.reservation_not_confirmed:Questa prenotazione non è ancora confermata. Confermala per avere il biglietto.`,
  payload_too_large: () =>
    $localize`:@@shared.problem.payload_too_large:Hai scritto più di quanto possiamo ricevere. Accorcia il testo e invia di nuovo.`,
  unsupported_media_type: () =>
    $localize`:@@shared.problem.unsupported_media_type:Il teatro non ha capito il formato della richiesta. Ricarica la pagina e riprova.`,
  idempotency_key_reused: () =>
    $localize`:@@shared.problem.idempotency_key_reused:Questo modulo è già stato inviato con altri dati. Controlla la posta; per un’altra prenotazione, apri un modulo nuovo.`,
  too_many_requests: (problem) => tooManyRequestsMessage(problem.retryAfter),
  internal_error: () =>
    $localize`:@@shared.problem.internal_error:Qualcosa non ha funzionato da parte nostra. Riprova tra qualche minuto; se succede ancora, scrivi al teatro.`,
  busy: (problem) => busyMessage(problem.retryAfter),
  email_unavailable: () =>
    $localize`:@@shared.problem.email_unavailable:In questo momento non riusciamo a spedire e-mail. Riprova tra qualche minuto.`,
  file_refused: () =>
    $localize`:@@shared.problem.file_refused:Il file non va bene e niente è stato registrato. Controlla le righe segnalate, o esportalo di nuovo.`,
};

export function problemMessage(problem: Problem): string {
  return MESSAGES[problem.code](problem);
}

function seatsLeftMessage(seatsLeft: number | null): string {
  if (seatsLeft === null) {
    return $localize`:@@shared.problem.capacity_exceeded:Non ci sono abbastanza posti liberi. Scegline meno, oppure un’altra data.`;
  }
  if (seatsLeft === 0) {
    return $localize`:@@shared.problem.capacity_exceeded.none:I posti sono finiti. Scegli un’altra data.`;
  }
  if (seatsLeft === 1) {
    return $localize`:@@shared.problem.capacity_exceeded.one:È rimasto un solo posto. Prenota quello, oppure scegli un’altra data.`;
  }
  return $localize`:@@shared.problem.capacity_exceeded.some:Sono rimasti solo ${seatsLeft}:seats: posti. Scegline al massimo ${seatsLeft}:seats:, oppure un’altra data.`;
}

function tooManyRequestsMessage(seconds: number | null): string {
  const wait = waitPhrase(seconds);
  return $localize`:@@shared.problem.too_many_requests:Troppi tentativi in poco tempo. Riprova ${wait}:wait:.`;
}

function busyMessage(seconds: number | null): string {
  const wait = waitPhrase(seconds);
  return $localize`:@@shared.problem.busy:In questo momento le richieste sono tante e la tua non è passata. Riprova ${wait}:wait:.`;
}

function waitPhrase(seconds: number | null): string {
  if (seconds === null) {
    return $localize`:@@shared.wait.soon:tra qualche istante`;
  }
  if (seconds <= 1) {
    return $localize`:@@shared.wait.second:tra un secondo`;
  }
  if (seconds <= 90) {
    return $localize`:@@shared.wait.seconds:tra ${seconds}:seconds: secondi`;
  }
  const minutes = Math.ceil(seconds / 60);
  return $localize`:@@shared.wait.minutes:tra ${minutes}:minutes: minuti`;
}

const FIELD_MESSAGES: Readonly<Record<string, () => string>> = {
  required: () => $localize`:@@shared.field.required:Questo campo serve: compilalo.`,
  blank: () => $localize`:@@shared.field.blank:Questo campo non può restare vuoto.`,
  invalid: () => $localize`:@@shared.field.invalid:Questo valore non va bene: controllalo.`,
  too_long: () => $localize`:@@shared.field.too_long:È troppo lungo: accorcialo.`,
  too_short: () => $localize`:@@shared.field.too_short:È troppo corto: scrivilo per intero.`,
  forbidden_characters: () =>
    $localize`:@@shared.field.forbidden_characters:Contiene caratteri che non possiamo usare: riscrivilo a mano.`,
  min_value: () => $localize`:@@shared.field.min_value:È un numero troppo piccolo.`,
  max_value: () => $localize`:@@shared.field.max_value:È un numero troppo grande.`,
  not_accepted: () => $localize`:@@shared.field.not_accepted:Per continuare devi accettare.`,
};

/** The message for one field of a form; an address that is not one gets words of its own. */
export function fieldMessage(error: FieldProblem): string {
  if (error.field === 'email' && error.code === 'invalid') {
    return $localize`:@@shared.field.email:Non sembra un indirizzo e-mail: controllalo, ti scriviamo lì.`;
  }
  // The code comes from outside, and every object answers to `constructor`.
  const code = Object.hasOwn(FIELD_MESSAGES, error.code) ? error.code : 'invalid';
  return FIELD_MESSAGES[code]?.() ?? error.message;
}
