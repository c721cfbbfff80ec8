const KEY = 'azione.door.allAtOnce';

/** Whether whole parties go in without a question; each phone remembers its holder's way. */
export function recallAllAtOnce(): boolean {
  try {
    return localStorage.getItem(KEY) !== null;
  } catch {
    return false;
  }
}

export function rememberAllAtOnce(isOn: boolean): void {
  try {
    if (isOn) {
      localStorage.setItem(KEY, 'yes');
    } else {
      localStorage.removeItem(KEY);
    }
  } catch {
    // A browser that keeps nothing asks again after a reload.
  }
}
