const KEY = 'azione.staff';

/**
 * Somebody signed in at the door in this browser, or in the admin, which leaves its CSRF cookie. The
 * site looks here before it asks for the session, because that answer sets a cookie, and a guest's
 * browser is to keep none but the language's. It is a hint and gives no rights: where storage is
 * forbidden, a link leads to the door instead.
 */
export function mayBeStaff(): boolean {
  try {
    return localStorage.getItem(KEY) !== null || /(^|;\s*)csrftoken=/.test(document.cookie);
  } catch {
    return false;
  }
}

export function rememberStaff(signedIn: boolean): void {
  try {
    if (signedIn) {
      localStorage.setItem(KEY, '1');
    } else {
      localStorage.removeItem(KEY);
    }
  } catch {
    // See `mayBeStaff`.
  }
}
