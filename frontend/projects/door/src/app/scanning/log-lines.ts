import { IconName } from '@azione/shared/ui/icons';
import { ListedReservation, ListedScan } from '../door-list/door-list';
import { OwnRecord } from '../offline/offline-scan';
import { GateAnswer, ScanOutcome } from '../offline/scan-answer';
import { Tone, outcomeWords } from './answer-words';
import { Attempt } from './attempt';
import { LoggedScan, UndoTarget } from './scan-journal';
import { onTheatreClock } from './theatre-clock';

/** One line of the last scans, wherever this phone knows it from. */
export interface LogLine {
  readonly key: string;
  /** On the clock of the theatre. */
  readonly at: string;
  readonly tone: Tone;
  readonly icon: IconName;
  readonly title: string;
  readonly name: string | null;
  readonly reference: string | null;
  readonly party: string | null;
  /** Whose scan it was; null for this phone's own. */
  readonly device: string | null;
  readonly unsettled: Attempt | null;
  readonly undo: UndoTarget | null;
  readonly undone: boolean;
  readonly conflict: boolean;
  /** Still on this phone only. */
  readonly waiting: boolean;
}

export interface LogSources {
  /** What this page showed. */
  readonly shown: readonly LoggedScan[];
  /** What this phone did this evening, also before a reload. */
  readonly done: readonly OwnRecord[];
  /** What the list tells of all phones. */
  readonly listed: readonly ListedScan[];
  readonly reservations: readonly ListedReservation[];
  readonly ownNumber: number;
  /** Any time the API wrote: it has the theatre's offset. */
  readonly clock: string;
  readonly locale: string;
}

const LENGTH = 20;

/** Each scan once, newest first; what this page showed itself says most about it. */
export function logLines(sources: LogSources): LogLine[] {
  const undone = undoneScans(sources);
  const waiting = new Set(
    sources.done.filter(({ answer }) => answer === null).map(({ scan }) => scan.scan_id),
  );
  const lines = new Map<string, LogLine>();
  for (const scan of sources.listed) {
    lines.set(scan.scan_id, listedLine(scan, sources));
  }
  for (const record of sources.done) {
    lines.set(record.scan.scan_id, lines.get(record.scan.scan_id) ?? doneLine(record, sources));
  }
  for (const scan of sources.shown) {
    const known = lines.get(scan.key);
    lines.set(scan.key, { ...shownLine(scan, sources), conflict: known?.conflict ?? false });
  }
  return [...lines.values()]
    .map((line) => ({
      ...line,
      undone: undone.has(line.key),
      undo: undone.has(line.key) ? null : line.undo,
      waiting: waiting.has(line.key),
    }))
    .sort((one, other) => Date.parse(other.at) - Date.parse(one.at))
    .slice(0, LENGTH);
}

function undoneScans({ done, listed }: LogSources): Set<string> {
  const byList = listed.filter(({ undone }) => undone).map(({ scan_id }) => scan_id);
  const byPhone = done
    .filter(({ scan }) => scan.outcome === 'undone')
    .map(({ scan }) => scan.undoes)
    .filter((scanId) => scanId !== undefined);
  return new Set([...byList, ...byPhone]);
}

function shownLine(scan: LoggedScan, { clock }: LogSources): LogLine {
  const { view } = scan;
  return {
    ...BARE,
    key: scan.key,
    at: onTheatreClock(scan.at, clock),
    tone: view.tone,
    icon: view.icon,
    title: view.title,
    name: view.name,
    reference: view.reference ?? (scan.code || null),
    party: view.party,
    unsettled: scan.unsettled,
    undo: scan.undo,
  };
}

function doneLine(record: OwnRecord, sources: LogSources): LogLine {
  const { scan, effect } = record;
  const row = sources.reservations.find(({ slot }) => slot === effect?.slot);
  const name = row?.name ?? record.answer?.reservation?.name ?? null;
  const reference =
    row?.reference ?? record.answer?.reservation?.reference ?? scan.reference ?? null;
  return {
    ...BARE,
    ...wordsOf(scan.outcome, scan.kind, scan.seats_admitted, sources.locale),
    key: scan.scan_id,
    at: onTheatreClock(new Date(scan.scanned_at), sources.clock),
    name,
    reference,
    undo: undoOf(scan.scan_id, scan.kind, scan.seats_admitted, { name, reference }),
  };
}

function listedLine(scan: ListedScan, { ownNumber, locale }: LogSources): LogLine {
  const isOwn = scan.device_number === ownNumber;
  return {
    ...BARE,
    ...wordsOf(scan.outcome, scan.kind, scan.seats_admitted, locale),
    key: scan.scan_id,
    at: scan.at,
    name: scan.name,
    reference: scan.reference,
    device: isOwn ? null : scan.device,
    undo: undoOf(scan.scan_id, scan.kind, scan.seats_admitted, scan),
    conflict: scan.conflict,
  };
}

const BARE = {
  name: null,
  reference: null,
  party: null,
  device: null,
  unsettled: null,
  undo: null,
  undone: false,
  conflict: false,
  waiting: false,
} as const;

function undoOf(
  scanId: string,
  kind: string,
  seats: number,
  { name, reference }: Pick<UndoTarget, 'name' | 'reference'>,
): UndoTarget | null {
  return kind !== 'undo' && seats > 0 ? { scanId, name, reference, seats } : null;
}

/** The title and the sign that the answer had. */
function wordsOf(
  outcome: ScanOutcome,
  kind: GateAnswer['kind'],
  seats: number,
  locale: string,
): Pick<LogLine, 'tone' | 'icon' | 'title'> {
  const answer: GateAnswer = {
    outcome,
    replayed_outcome: null,
    scan_id: '',
    kind,
    seats_admitted: seats,
    reservation: null,
    first_admitted_at: null,
    first_device: null,
    seats_left: null,
    conflict: null,
    decidedBy: 'server',
  };
  const words = outcomeWords(outcome, {
    answer,
    asked: null,
    left: 0,
    locale,
    performanceCancelled: false,
  });
  const { tone, icon } = words;
  return { tone, icon, title: outcome === 'over_party' ? overParty() : words.title };
}

/** How many were left then, nobody wrote down. */
function overParty(): string {
  return $localize`:@@door.log.overParty:Più della prenotazione`;
}
