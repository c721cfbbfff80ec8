import { LIST_IS_OLD_AFTER } from '../door-list/door-list';

/** What is known of a phone that is to work in a cellar. Null: it cannot be found out here. */
export interface PhoneFacts {
  /** HTTPS, or this very machine. */
  readonly isSecure: boolean;
  /** The application itself opens without a network. */
  readonly isAppKept: boolean;
  /** There is a place for the list and for scans that wait. */
  readonly canStore: boolean;
  /** The browser has promised not to clear that place when it needs room. */
  readonly isStorageKept: boolean | null;
  /** It has a token of its own for this performance. */
  readonly isPaired: boolean;
  /** Milliseconds; null for a phone without a list. */
  readonly listAge: number | null;
  readonly camera: CameraLeave;
  readonly decoder: 'loading' | 'ready' | 'dead';
  /** The server's clock less the phone's. */
  readonly clockOffset: number | null;
  /** From 0 to 1. */
  readonly battery: number | null;
  readonly sound: 'untried' | 'played' | 'failed';
}

export type CameraLeave = 'granted' | 'unasked' | 'denied' | 'absent';

/** missing: not without a network; warn: it works, but; ask: a tap tells; wait: not known yet. */
export type Standing = 'ok' | 'wait' | 'ask' | 'warn' | 'missing';

export type CheckName =
  | 'secure'
  | 'app'
  | 'paired'
  | 'storage'
  | 'list'
  | 'camera'
  | 'decoder'
  | 'clock'
  | 'battery'
  | 'sound';

export interface Check {
  readonly name: CheckName;
  readonly standing: Standing;
  /** Which of several troubles it is; the words depend on it. */
  readonly trouble: Trouble | null;
}

export type Trouble =
  | 'none'
  | 'clearable'
  | 'old'
  | 'unasked'
  | 'denied'
  | 'absent'
  | 'off'
  | 'unheard'
  | 'low'
  | 'untried'
  | 'loading'
  | 'failed';

export type Verdict = 'ready' | 'checking' | 'almost' | 'missing';

export interface Readiness {
  readonly verdict: Verdict;
  /** How many things there are to do something about. */
  readonly todo: number;
  readonly checks: readonly Check[];
}

export const CLOCK_IS_OFF_FROM = 5_000;
export const BATTERY_IS_LOW_BELOW = 0.3;

/** Whether this phone can go down into the cellar, and what to do first. */
export function evaluate(facts: PhoneFacts): Readiness {
  const checks = CHECKS.flatMap(([name, check]): Check[] => {
    const [standing, trouble = null] = check(facts) ?? [];
    return standing === undefined ? [] : [{ name, standing, trouble }];
  });
  const todo = checks.filter(({ standing }) => standing === 'missing' || standing === 'warn');
  return { verdict: verdictOn(checks), todo: todo.length, checks };
}

function verdictOn(checks: readonly Check[]): Verdict {
  const has = (standing: Standing) => checks.some((check) => check.standing === standing);
  if (has('missing')) {
    return 'missing';
  }
  if (has('wait')) {
    return 'checking';
  }
  return has('warn') ? 'almost' : 'ready';
}

type Finding = readonly [Standing, Trouble?];

/** In the order in which they are to be put right. */
const CHECKS: readonly (readonly [CheckName, (facts: PhoneFacts) => Finding | null])[] = [
  ['secure', ({ isSecure }) => (isSecure ? ['ok'] : ['missing', 'none'])],
  ['paired', ({ isPaired }) => (isPaired ? ['ok'] : ['missing', 'none'])],
  ['app', ({ isAppKept }) => (isAppKept ? ['ok'] : ['missing', 'none'])],
  ['list', listFinding],
  ['storage', storageFinding],
  ['camera', ({ camera }) => CAMERA[camera]],
  ['decoder', ({ decoder }) => DECODER[decoder]],
  ['clock', clockFinding],
  ['battery', batteryFinding],
  ['sound', ({ sound }) => SOUND[sound]],
];

function storageFinding({ canStore, isStorageKept }: PhoneFacts): Finding {
  if (!canStore) {
    return ['missing', 'none'];
  }
  return isStorageKept === false ? ['warn', 'clearable'] : ['ok'];
}

function listFinding({ listAge }: PhoneFacts): Finding {
  if (listAge === null) {
    return ['missing', 'none'];
  }
  return listAge > LIST_IS_OLD_AFTER ? ['warn', 'old'] : ['ok'];
}

/** Without a camera there are still a scanner, the references and the names. */
const CAMERA: Readonly<Record<CameraLeave, Finding>> = {
  granted: ['ok'],
  unasked: ['warn', 'unasked'],
  denied: ['warn', 'denied'],
  absent: ['warn', 'absent'],
};

const DECODER: Readonly<Record<PhoneFacts['decoder'], Finding>> = {
  ready: ['ok'],
  loading: ['wait', 'loading'],
  dead: ['warn', 'failed'],
};

const SOUND: Readonly<Record<PhoneFacts['sound'], Finding>> = {
  played: ['ok'],
  untried: ['ask', 'untried'],
  failed: ['warn', 'failed'],
};

function clockFinding({ clockOffset }: PhoneFacts): Finding {
  if (clockOffset === null) {
    return ['warn', 'unheard'];
  }
  return Math.abs(clockOffset) >= CLOCK_IS_OFF_FROM ? ['warn', 'off'] : ['ok'];
}

/** Few browsers tell; of the others nothing is said. */
function batteryFinding({ battery }: PhoneFacts): Finding | null {
  if (battery === null) {
    return null;
  }
  return battery < BATTERY_IS_LOW_BELOW ? ['warn', 'low'] : ['ok'];
}
