import { DoorList, ListedReservation } from './door-list';

/** The list shows of a surname so many letters, and never all of them. */
const SHOWN_LETTERS = 3;
/** Letters that do not come apart into a letter and an accent. */
const PLAIN: Readonly<Record<string, string>> = {
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  æ: 'ae',
  œ: 'oe',
  ı: 'i',
  ħ: 'h',
  ß: 'ss',
};

/** A word of a name, or from there to the end of the name in one word: "deluca" is De Luca. */
interface Start {
  readonly letters: string;
  /** How many letters it may really have: the list cuts surnames short. */
  readonly longest: number;
}

interface Searchable {
  readonly reservation: ListedReservation;
  readonly reference: string;
  readonly starts: readonly Start[];
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
    const { compare } = new Intl.Collator('it');
    this.searchable = list.reservations
      .map((reservation) => ({
        reservation,
        reference: fold(reservation.reference),
        starts: startsOf(reservation.name),
      }))
      .sort((one, other) => compare(one.reservation.name, other.reservation.name));
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
        ({ reference, starts }) =>
          reference.startsWith(letters) ||
          asked.every((word) => starts.some((start) => matches(start, word))),
      )
      .map(({ reservation }) => reservation);
  }
}

/** "Anna Ros.": who types "rossi" means her, and with "ro" also. */
function matches({ letters, longest }: Start, word: string): boolean {
  return letters.startsWith(word) || (word.length <= longest && word.startsWith(letters));
}

function startsOf(name: string): Start[] {
  const words = wordsOf(name);
  const isCut = name.endsWith('.');
  const shown = words.at(-1)?.length ?? 0;
  const hidden = !isCut ? 0 : shown < SHOWN_LETTERS ? 1 : Infinity;
  return words.flatMap((word, index) => {
    const isLast = index === words.length - 1;
    const rest = words.slice(index).join('');
    return [
      { letters: word, longest: word.length + (isLast ? hidden : 0) },
      { letters: rest, longest: rest.length + hidden },
    ];
  });
}

function wordsOf(text: string): string[] {
  return fold(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

/** Neither accents nor capitals count: "Nicolò" is "nicolo". */
function fold(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[øłđðþæœıħß]/g, (letter) => PLAIN[letter] ?? letter);
}
