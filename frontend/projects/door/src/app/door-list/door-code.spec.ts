import { ticketDigest } from './door-code';

describe('ticketDigest', () => {
  it('is SHA-256 of the sixteen bytes, not of the letters', async () => {
    // `azionelab.reservations.tokens.digest(bytes(16))`, and of bytes(range(16))
    expect(await ticketDigest('AAAAAAAAAAAAAAAAAAAAAAAAAA')).toBe(
      'N0cI__dxndWXnsh11WzSKG9tPPfsMXo7JWMqqyjsN7s',
    );
  });

  it('gives no two spellings the same digest, and reads small letters', async () => {
    const [right, spare, small] = await Promise.all(
      [
        'AAAQEAYEAUDAOCAJBIFQYDIOB4',
        'AAAQEAYEAUDAOCAJBIFQYDIOB5',
        'aaaqeayeaudaocajbifqydiob4',
      ].map(ticketDigest),
    );
    expect(small).toBe(right);
    expect(spare).not.toBe(right);
  });
});
