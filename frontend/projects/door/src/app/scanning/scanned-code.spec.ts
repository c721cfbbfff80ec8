import { readScannedCode } from './scanned-code';

const TOKEN = 'B47WZY7BVRAACYEQCEBWDYKJIM';

describe('readScannedCode', () => {
  it.each([
    ['the link of a QR code', `https://azionelab.example/t#${TOKEN}`],
    ['a link with the language in it', `https://azionelab.example/it/t#${TOKEN}`],
    ['a link to the demo', `http://localhost:8000/t#${TOKEN}`],
    ['a link without its scheme', `azionelab.example/t#${TOKEN}`],
    ['a bare token', TOKEN],
    ['a token in small letters', TOKEN.toLowerCase()],
    ['a token with spaces and a line end', ` ${TOKEN.slice(0, 13)} ${TOKEN.slice(13)}\r\n`],
    ['a scanner set to another keyboard', `httpsç--azionelab.example-t£${TOKEN}`],
    ['a scanner with caps lock on', `HTTPS://AZIONELAB.EXAMPLE/T#${TOKEN.toLowerCase()}`],
  ])('finds the ticket in %s', (_, typed) => {
    expect(readScannedCode(typed)).toEqual({ kind: 'ticket', ticket: TOKEN });
  });

  it.each(['K7Q4MX', 'k7q4mx', ' k7q 4mx ', 'K7Q-4MX'])('reads the reference %s', (typed) => {
    expect(readScannedCode(typed)).toEqual({ kind: 'reference', reference: 'K7Q4MX' });
  });

  it.each([`https://azionelab.example/it/reservation#${TOKEN}`, `x--reservation£${TOKEN}`])(
    'never takes the reservation token of %s for a ticket',
    (typed) => {
      expect(readScannedCode(typed)).toEqual({ kind: 'reservationLink' });
    },
  );

  it.each([
    'https://example.org/menu',
    `https://example.org/menu#${TOKEN}`,
    `https://example.org/t#${TOKEN}A`,
    `https://example.org/t#${TOKEN.replace('B', '1')}`,
    'K7Q4M',
    'K7Q4MX7',
    'WIFI:S:Teatro;;',
    'perché',
  ])('calls %s foreign', (typed) => {
    expect(readScannedCode(typed)).toEqual({ kind: 'foreign' });
  });

  it('finds nothing in nothing', () => {
    expect(readScannedCode(' \n')).toEqual({ kind: 'empty' });
  });
});
