import { recall, remember } from '../device/remembered';

const KEY = 'azione.door.allAtOnce';

/** Whether whole parties go in without a question; each phone remembers its holder's way. */
export function recallAllAtOnce(): boolean {
  return recall(KEY) !== null;
}

export function rememberAllAtOnce(isOn: boolean): void {
  remember(KEY, isOn ? 'yes' : null);
}
