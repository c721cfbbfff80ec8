import { DoorList, ListedReservation } from './door-list';

interface Searchable {
  readonly reservation: ListedReservation;
  readonly words: readonly string[];
}

/** A list made ready for questions: by ticket, by reference, by a few letters. */
export class ListIndex {
  private readonly byDigest = new Map<string, ListedReservation>();
  private readonly byReference = new Map<string, ListedReservation>();
  private readonly searchable: readonly Searchable[];

  constructor(list: DoorList) {
    for (const reservation of list.reservations) {
      this.byReference.set(reservation.reference, reservation);
      for (const digest of reservation.digests) {
        this.byDigest.set(digest.replace(/=+$/, ''), reservation);
      }
    }
    this.searchable = list.reservations
      .map((reservation) => ({ reservation, words: wordsOf(reservation.name) }))
      .sort((one, other) => one.reservation.name.localeCompare(other.reservation.name, 'it'));
  }

  withDigest(digest: string): ListedReservation | null {
    return this.byDigest.get(digest) ?? null;
  }

  withReference(reference: string): ListedReservation | null {
    return this.byReference.get(reference.trim().toUpperCase()) ?? null;
  }

  /** Every word that was typed begins a word of the name, or the whole is how the reference begins. */
  search(text: string): ListedReservation[] {
    const asked = wordsOf(text);
    const letters = asked.join('');
    if (letters === '') {
      return [];
    }
    return this.searchable
      .filter(
        ({ reservation, words }) =>
          fold(reservation.reference).startsWith(letters) ||
          asked.every((start) => words.some((word) => begins(word, start))),
      )
      .map(({ reservation }) => reservation);
  }
}

/** The list cuts surnames short, "Anna Ros.": who types "rossi" means her all the same. */
function begins(word: string, start: string): boolean {
  const cut = word.endsWith('.') ? word.slice(0, -1) : null;
  return word.startsWith(start) || (cut !== null && cut !== '' && start.startsWith(cut));
}

function wordsOf(text: string): string[] {
  return fold(text)
    .split(/[\s,;'’-]+/)
    .filter((word) => word !== '' && word !== '.');
}

/** Neither accents nor capitals count: "Nicolò" is "nicolo". */
function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
