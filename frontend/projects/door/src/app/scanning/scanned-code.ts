import { DoorCode } from '../door-list/door-code';

/**
 * What a volunteer's scanner, camera or fingers brought. Told by shape alone, so that it works with
 * no network; whether a ticket is good is another question.
 */
export type ScannedCode =
  | { readonly kind: 'empty' }
  | DoorCode
  /** The link to the reservation's page: the guest is showing the wrong one, and it opens no door. */
  | { readonly kind: 'reservationLink' }
  /** What another phone of this door shows, for the page that reads such codes. */
  | { readonly kind: 'exchange' }
  /** A menu, a poster, a slip of the fingers. */
  | { readonly kind: 'foreign' };

const TOKEN = /^[A-Z2-7]{26}$/;
const REFERENCE = /^[A-Z0-9]{6}$/;
const EXCHANGE = /^AZDOOR[^A-Z0-9]/;
/** A link, its token and the word before it. */
const LINK = /^.*?([A-Z0-9]*)[^A-Z0-9]([A-Z2-7]{26})$/;

/**
 * Scanners are keyboards: one set to the American layout on an Italian phone types `https://host/t#TOKEN`
 * as `httpsç--host-t£TOKEN`. Letters and digits survive, so only they are looked at.
 */
export function readScannedCode(typed: string): ScannedCode {
  const text = typed.replace(/\s+/g, '').toUpperCase();
  if (text === '') {
    return { kind: 'empty' };
  }
  if (EXCHANGE.test(text)) {
    return { kind: 'exchange' };
  }
  const bare = text.replace(/[-.]/g, '');
  if (TOKEN.test(bare)) {
    return { kind: 'ticket', ticket: bare };
  }
  if (REFERENCE.test(bare)) {
    return { kind: 'reference', reference: bare };
  }
  return readLink(text);
}

function readLink(text: string): ScannedCode {
  const [, page, token] = LINK.exec(text) ?? [];
  if (page === 'T' && token !== undefined) {
    return { kind: 'ticket', ticket: token };
  }
  return page === 'RESERVATION' ? { kind: 'reservationLink' } : { kind: 'foreign' };
}
