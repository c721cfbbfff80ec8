import { mayBeStaff, rememberStaff } from './staff-hint';

describe('mayBeStaff', () => {
  // Before too: the spec files share one browser window, cookies and all.
  const forget = () => {
    rememberStaff(false);
    document.cookie = 'csrftoken=; max-age=0';
  };
  beforeEach(forget);
  afterEach(forget);

  it('is no for a guest, whatever else the browser keeps', () => {
    document.cookie = 'language=it';
    expect(mayBeStaff()).toBe(false);
  });

  it('is yes after signing in at the door', () => {
    rememberStaff(true);
    expect(mayBeStaff()).toBe(true);
  });

  it('is yes after signing in to the admin, which leaves its CSRF cookie', () => {
    document.cookie = 'csrftoken=abc';
    expect(mayBeStaff()).toBe(true);
  });
});
