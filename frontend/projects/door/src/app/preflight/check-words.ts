import { Check, CheckName, Readiness, Trouble } from './readiness';

/** What a check found, and what to do about it when there is something to do. */
export interface CheckWords {
  readonly title: string;
  readonly next: string | null;
}

/** What of the facts the words repeat. */
export interface CheckDetails {
  /** Whole minutes; null for a phone without a list. */
  readonly listMinutes: number | null;
  readonly clockSeconds: number | null;
}

export function verdictWords({ verdict, todo }: Readiness): string {
  switch (verdict) {
    case 'ready':
      return $localize`:@@door.ready.verdict.ready:Pronto a lavorare senza rete`;
    case 'checking':
      return $localize`:@@door.ready.verdict.checking:Controllo il telefono…`;
    case 'almost':
      return todo === 1
        ? $localize`:@@door.ready.verdict.almostOne:Pronto senza rete, ma guarda una cosa`
        : $localize`:@@door.ready.verdict.almostSome:Pronto senza rete, ma guarda ${todo}:count: cose`;
    case 'missing':
      return $localize`:@@door.ready.verdict.missing:Non ancora pronto a lavorare senza rete`;
  }
}

export function checkWords({ name, standing, trouble }: Check, details: CheckDetails): CheckWords {
  return standing === 'ok' || trouble === null
    ? { title: FINE[name](details), next: null }
    : troubleWords(name, trouble, details);
}

const FINE: Readonly<Record<CheckName, (details: CheckDetails) => string>> = {
  secure: () => $localize`:@@door.ready.secure.ok:La connessione è protetta`,
  paired: () => $localize`:@@door.ready.paired.ok:Il telefono è abbinato a questa replica`,
  app: () => $localize`:@@door.ready.app.ok:L’app si apre anche senza rete`,
  list: listIsThere,
  storage: () => $localize`:@@door.ready.storage.ok:Gli ingressi restano sul telefono`,
  camera: () => $localize`:@@door.ready.camera.ok:La fotocamera è permessa`,
  decoder: () => $localize`:@@door.ready.decoder.ok:Il lettore dei codici è caricato`,
  clock: () => $localize`:@@door.ready.clock.ok:L’orologio va bene`,
  battery: () => $localize`:@@door.ready.battery.ok:La batteria basta`,
  sound: () => $localize`:@@door.ready.sound.ok:Il suono è stato provato`,
};

function listIsThere({ listMinutes }: CheckDetails): string {
  return listMinutes === null || listMinutes === 0
    ? $localize`:@@door.ready.list.fresh:La lista è sul telefono, aggiornata adesso`
    : $localize`:@@door.ready.list.ok:La lista è sul telefono, di ${listMinutes}:minutes: min fa`;
}

function troubleWords(name: CheckName, trouble: Trouble, details: CheckDetails): CheckWords {
  const words = TROUBLES[`${name}.${trouble}`] ?? TROUBLES[name];
  return words?.(details) ?? { title: FINE[name](details), next: null };
}

type Words = (details: CheckDetails) => CheckWords;

/** By what was checked, and by the trouble where there is more than one. */
const TROUBLES: Readonly<Record<string, Words | undefined>> = {
  secure: () => ({
    title: $localize`:@@door.ready.secure.title:La connessione non è protetta`,
    next: $localize`:@@door.ready.secure.next:Apri la pagina dall’indirizzo che comincia con https://. Senza, il browser non dà la fotocamera e non tiene la lista.`,
  }),
  paired: () => ({
    title: $localize`:@@door.ready.paired.title:Il telefono non è abbinato a questa replica`,
    next: $localize`:@@door.ready.paired.next:Chiedi a chi gestisce il teatro un codice di abbinamento, oppure accedi e dai un nome al telefono.`,
  }),
  app: () => ({
    title: $localize`:@@door.ready.app.title:L’app non è ancora sul telefono`,
    next: $localize`:@@door.ready.app.next:Finché c’è rete, aspetta un minuto su questa pagina e ricaricala. Se non basta, forse è una finestra privata: aprine una normale.`,
  }),
  list: () => ({
    title: $localize`:@@door.ready.list.title:La lista non è sul telefono`,
    next: $localize`:@@door.ready.list.next:Va caricata finché c’è rete.`,
  }),
  'list.old': ({ listMinutes }) => ({
    title: $localize`:@@door.ready.list.old.title:La lista è di ${listMinutes}:minutes: min fa`,
    next: $localize`:@@door.ready.list.old.next:Chi ha prenotato dopo non c’è. Aggiornala prima di scendere.`,
  }),
  storage: () => ({
    title: $localize`:@@door.ready.storage.title:Il telefono non può conservare gli ingressi`,
    next: $localize`:@@door.ready.storage.next:Succede nelle finestre private, o senza https. Apri la pagina in una finestra normale, altrimenti lavora solo con la rete.`,
  }),
  'storage.clearable': () => ({
    title: $localize`:@@door.ready.storage.clearable.title:Il browser potrebbe fare spazio`,
    next: $localize`:@@door.ready.storage.clearable.next:Se il telefono si riempie, può cancellare quello che l’app tiene. Aggiungi l’app alla schermata Home, oppure libera spazio.`,
  }),
  'camera.unasked': () => ({
    title: $localize`:@@door.ready.camera.unasked.title:La fotocamera non è ancora permessa`,
    next: $localize`:@@door.ready.camera.unasked.next:Permettila adesso: con la fila davanti sarebbe tardi.`,
  }),
  'camera.denied': () => ({
    title: $localize`:@@door.ready.camera.denied.title:La fotocamera è vietata`,
    next: $localize`:@@door.ready.camera.denied.next:Toccando il simbolo a sinistra dell’indirizzo, o nelle impostazioni del telefono, consenti la fotocamera a questa pagina.`,
  }),
  'camera.absent': () => ({
    title: $localize`:@@door.ready.camera.absent.title:Non c’è una fotocamera`,
    next: $localize`:@@door.ready.camera.absent.next:Con un lettore, con i riferimenti e con i nomi si lavora lo stesso.`,
  }),
  decoder: () => ({
    title: $localize`:@@door.ready.decoder.title:Il lettore dei codici non si è caricato`,
    next: $localize`:@@door.ready.decoder.next:Finché c’è rete, ricarica la pagina. Senza, si lavora con un lettore, con i riferimenti e con i nomi.`,
  }),
  'decoder.loading': () => ({
    title: $localize`:@@door.ready.decoder.loading:Carico il lettore dei codici…`,
    next: null,
  }),
  'clock.unheard': () => ({
    title: $localize`:@@door.ready.clock.unheard.title:L’orologio non è stato confrontato`,
    next: $localize`:@@door.ready.clock.unheard.next:Aggiorna la lista finché c’è rete: il confronto con il server si fa in quel momento.`,
  }),
  'clock.off': ({ clockSeconds }) => ({
    title: $localize`:@@door.ready.clock.off.title:L’orologio sbaglia di ${clockSeconds}:seconds: s`,
    next: $localize`:@@door.ready.clock.off.next:Le ore degli ingressi saranno corrette da sole. Meglio comunque mettere data e ora automatiche nelle impostazioni.`,
  }),
  battery: () => ({
    title: $localize`:@@door.ready.battery.title:La batteria è sotto il 30%`,
    next: $localize`:@@door.ready.battery.next:Attacca il telefono al caricatore, o porta una batteria: schermo e fotocamera consumano.`,
  }),
  'sound.untried': () => ({
    title: $localize`:@@door.ready.sound.untried.title:Il suono non è stato provato`,
    next: $localize`:@@door.ready.sound.untried.next:Se non si sente niente, togli il silenzioso e alza il volume.`,
  }),
  'sound.failed': () => ({
    title: $localize`:@@door.ready.sound.failed.title:Il suono è spento`,
    next: $localize`:@@door.ready.sound.failed.next:Accendilo con l’altoparlante sotto la fotocamera e riprova. Colori e vibrazione restano.`,
  }),
};
