const LETTERS = 10;

/** From a link, from a sheet of paper, in small letters, with or without the dash; null: no code. */
export function readPairingCode(written: string): string | null {
  const tail = written.slice(written.lastIndexOf('#') + 1);
  const code = tail.toUpperCase().replace(/[^A-Z0-9]/g, '');
  return code.length === LETTERS ? code : null;
}

/** `ABCDE-FGHJK`, as the manager's screen shows it. */
export function writtenPairingCode(code: string): string {
  return `${code.slice(0, LETTERS / 2)}-${code.slice(LETTERS / 2)}`;
}
