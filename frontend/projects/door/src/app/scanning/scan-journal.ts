import { signal } from '@angular/core';
import { Attempt } from './attempt';
import { AnswerView } from './answer-view';

const LENGTH = 20;

/** An admission that can be taken back. */
export interface UndoTarget {
  readonly scanId: string;
  readonly name: string | null;
  readonly reference: string | null;
  readonly seats: number;
}

export interface LoggedScan {
  readonly key: string;
  readonly at: Date;
  readonly view: AnswerView;
  readonly code: string;
  /** There while nobody knows how it ended: it can be asked again. */
  readonly unsettled: Attempt | null;
  readonly undo: UndoTarget | null;
}

/** The answers of this page, newest first. */
export class ScanJournal {
  private readonly lines = signal<readonly LoggedScan[]>([]);
  readonly scans = this.lines.asReadonly();

  /** One line for each attempt; asking again rewrites it. */
  write(line: LoggedScan): void {
    this.lines.update((lines) =>
      [line, ...lines.filter((other) => other.key !== line.key)].slice(0, LENGTH),
    );
  }

  /** What was taken back can not be taken back twice. */
  undone(scanId: string): void {
    this.lines.update((lines) =>
      lines.map((line) => (line.key === scanId ? { ...line, undo: null } : line)),
    );
  }
}
