import { readPairingCode, writtenPairingCode } from './pairing-code';

describe('readPairingCode', () => {
  it.each([
    'ABCDE-FGHJK',
    'abcde fghjk',
    ' abcdefghjk\n',
    'https://teatro.example/door/pair#ABCDE-FGHJK',
  ])('reads %j', (written) => {
    expect(readPairingCode(written)).toBe('ABCDEFGHJK');
  });

  it.each(['', 'ABCDE-FGHJ', 'ABCDE-FGHJKL', 'https://teatro.example/door/pair'])(
    'finds no code in %j',
    (written) => {
      expect(readPairingCode(written)).toBeNull();
    },
  );

  it('is written the way it is read aloud', () => {
    expect(writtenPairingCode('ABCDEFGHJK')).toBe('ABCDE-FGHJK');
  });
});
