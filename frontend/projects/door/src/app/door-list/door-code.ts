/** What names a reservation: the token of a QR code, or six letters that a guest says aloud. */
export type DoorCode =
  | { readonly kind: 'ticket'; readonly ticket: string }
  | { readonly kind: 'reference'; readonly reference: string };

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const TOKEN_BYTES = 16;
const TOKEN_LETTERS = 26;

/**
 * Under what the list and the server keep a ticket: SHA-256 of its sixteen bytes, as base64url. A text
 * that spells no token is digested as it stands, so that it names nobody here and nobody there.
 */
export async function ticketDigest(ticket: string): Promise<string> {
  const text = ticket.trim().toUpperCase();
  const bytes = tokenBytes(text) ?? new TextEncoder().encode(text);
  return base64Url(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}

/** The last letter carries two spare bits; a spelling that differs only there is no token. */
function tokenBytes(text: string): Uint8Array<ArrayBuffer> | null {
  if (text.length !== TOKEN_LETTERS) {
    return null;
  }
  const bytes = new Uint8Array(TOKEN_BYTES);
  let pending = 0;
  let bits = 0;
  let length = 0;
  for (const letter of text) {
    const value = ALPHABET.indexOf(letter);
    if (value < 0) {
      return null;
    }
    pending = ((pending << 5) | value) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[length++] = (pending >> bits) & 0xff;
    }
  }
  return (pending & ((1 << bits) - 1)) === 0 ? bytes : null;
}

export function base64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
}
