/** A code has left when it was missing for as long as a hand shakes, however slow the phone looks. */
export const GONE_AFTER_MS = 1000;
export const GONE_AFTER_LOOKS = 3;

interface Seen {
  at: number;
  missed: number;
  told: boolean;
}

/**
 * What is in front of the camera. A code is told once for each time that it comes into view; one
 * that came while nobody was listening is told when somebody does, if it is still there.
 */
export class Sight {
  private readonly seen = new Map<string, Seen>();

  /** Takes what one look found, and returns what is to be told now. */
  look(texts: readonly string[], now: number, isListening: boolean): string[] {
    this.forget(texts, now);
    for (const text of texts) {
      const known = this.seen.get(text);
      this.seen.set(text, { at: now, missed: 0, told: known?.told ?? false });
    }
    return isListening ? this.tell() : [];
  }

  /** Something that was told already is still being held in front of the camera. */
  get holdsTold(): boolean {
    return [...this.seen.values()].some((seen) => seen.told);
  }

  private forget(texts: readonly string[], now: number): void {
    for (const [text, seen] of this.seen) {
      if (texts.includes(text)) {
        continue;
      }
      seen.missed += 1;
      if (seen.missed >= GONE_AFTER_LOOKS && now - seen.at >= GONE_AFTER_MS) {
        this.seen.delete(text);
      }
    }
  }

  /** Only what this very look saw: a code that is just leaving would be told too late. */
  private tell(): string[] {
    const news = [...this.seen].filter(([, seen]) => !seen.told && seen.missed === 0);
    for (const [, seen] of news) {
      seen.told = true;
    }
    return news.map(([text]) => text);
  }
}
