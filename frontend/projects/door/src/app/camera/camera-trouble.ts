/**
 * Why there is no picture. insecure: no HTTPS, so no camera; unsupported: a browser without one;
 * denied: the holder or the phone said no; absent: none is there; busy: another application has it;
 * unanswered: neither the holder nor the phone says yes or no; silent: it is open and sends nothing;
 * failed: anything else.
 */
export type CameraTrouble =
  'insecure' | 'unsupported' | 'denied' | 'absent' | 'busy' | 'unanswered' | 'silent' | 'failed';

const BY_ERROR: Readonly<Record<string, CameraTrouble>> = {
  NotAllowedError: 'denied',
  SecurityError: 'denied',
  NotFoundError: 'absent',
  OverconstrainedError: 'absent',
  NotReadableError: 'busy',
  AbortError: 'busy',
};

/** By the name of what getUserMedia threw. */
export function troubleOf(error: unknown): CameraTrouble {
  const name = error instanceof Error || error instanceof DOMException ? error.name : '';
  return BY_ERROR[name] ?? 'failed';
}

export interface TroubleWords {
  readonly title: string;
  readonly next: string;
}

export function troubleWords(trouble: CameraTrouble): TroubleWords {
  return WORDS[trouble]();
}

const WORDS: Readonly<Record<CameraTrouble, () => TroubleWords>> = {
  insecure: () => ({
    title: $localize`:@@door.camera.insecure.title:La fotocamera vuole HTTPS`,
    next: $localize`:@@door.camera.insecure.next:Da un indirizzo senza HTTPS il browser non la dà. Apri questa pagina dall’indirizzo che comincia con https://; intanto scrivi il riferimento.`,
  }),
  unsupported: () => ({
    title: $localize`:@@door.camera.unsupported.title:Questo browser non dà la fotocamera`,
    next: $localize`:@@door.camera.unsupported.next:Apri la pagina con Chrome, Safari o Firefox aggiornati; intanto usa un lettore o scrivi il riferimento.`,
  }),
  denied: () => ({
    title: $localize`:@@door.camera.denied.title:Fotocamera non permessa`,
    next: $localize`:@@door.camera.denied.next:Tocca il simbolo a sinistra dell’indirizzo, o apri le impostazioni del telefono, e consenti la fotocamera a questa pagina. Poi premi «Riprova».`,
  }),
  absent: () => ({
    title: $localize`:@@door.camera.absent.title:Nessuna fotocamera`,
    next: $localize`:@@door.camera.absent.next:Collegane una, oppure usa un lettore o scrivi il riferimento.`,
  }),
  busy: () => ({
    title: $localize`:@@door.camera.busy.title:La fotocamera è occupata`,
    next: $localize`:@@door.camera.busy.next:La sta usando un’altra app o un’altra scheda: chiudila. Qui riproviamo da soli.`,
  }),
  unanswered: () => ({
    title: $localize`:@@door.camera.unanswered.title:La fotocamera non risponde`,
    next: $localize`:@@door.camera.unanswered.next:Se il telefono chiede il permesso, premi «Consenti»; se non chiede niente, premi «Riprova». Intanto scrivi il riferimento o usa un lettore.`,
  }),
  silent: () => ({
    title: $localize`:@@door.camera.silent.title:La fotocamera non manda immagini`,
    next: $localize`:@@door.camera.silent.next:Forse la tiene un’altra app, o una telefonata. Riproviamo da soli; se non basta, scegli un’altra fotocamera.`,
  }),
  failed: () => ({
    title: $localize`:@@door.camera.failed.title:La fotocamera non parte`,
    next: $localize`:@@door.camera.failed.next:Riproviamo da soli. Se non basta, chiudi le altre app e premi «Riprova»; intanto scrivi il riferimento.`,
  }),
};
