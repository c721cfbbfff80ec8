import { ChangeDetectionStrategy, Component, computed, inject, model, output } from '@angular/core';
import { DeviceSessions } from '../device/device-session';
import { Admission, AdmissionSheet } from './admission-sheet';
import { DoorState } from './door-state';
import { ScanFlow } from './scan-flow';
import { UndoTarget } from './scan-journal';
import { StatusSheet } from './status-sheet';
import { UndoSheet } from './undo-sheet';

/** What is open over the desk. */
export type OpenSheet =
  | { readonly kind: 'status' }
  | { readonly kind: 'walkIns' }
  | { readonly kind: 'exception'; readonly seats: number }
  | { readonly kind: 'undo'; readonly target: UndoTarget };

/** More than a whole bus; the room says how many there is really place for. */
const MOST_AT_ONCE = 60;

/** The dialogs of the desk, one at a time. */
@Component({
  selector: 'azione-desk-sheets',
  imports: [AdmissionSheet, StatusSheet, UndoSheet],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @let open = sheet();
    @switch (open?.kind) {
      @case ('status') {
        <azione-status-sheet (closed)="close()" (left)="left.emit()" />
      }
      @case ('walkIns') {
        <azione-admission-sheet
          heading="Senza prenotazione"
          i18n-heading="@@door.walkIn.heading"
          [explanation]="walkInWords()"
          [most]="canManage() ? most : door.allowanceLeft()"
          [free]="door.allowanceLeft()"
          [reasons]="walkInReasons"
          (sent)="admitWalkIns($event)"
          (closed)="close()"
        />
      }
      @case ('exception') {
        <azione-admission-sheet
          heading="Fai entrare comunque"
          i18n-heading="@@door.exception.heading"
          explanation="Oltre la prenotazione decidi tu, con un motivo che resta scritto. Non si supera mai la capienza."
          i18n-explanation="@@door.exception.explanation"
          [first]="firstSeats()"
          [most]="most"
          [reasons]="exceptionReasons"
          (sent)="admitAnyway($event)"
          (closed)="close()"
        />
      }
      @case ('undo') {
        @if (target(); as target) {
          <azione-undo-sheet [target]="target" (sent)="undo(target, $event)" (closed)="close()" />
        }
      }
    }
  `,
})
export class DeskSheets {
  readonly sheet = model.required<OpenSheet | null>();
  readonly left = output();

  protected readonly door = inject(DoorState);
  private readonly flow = inject(ScanFlow);
  private readonly sessions = inject(DeviceSessions);

  protected readonly most = MOST_AT_ONCE;
  protected readonly canManage = computed(() => this.sessions.current()?.canManage ?? false);
  protected readonly target = computed(() => {
    const sheet = this.sheet();
    return sheet?.kind === 'undo' ? sheet.target : null;
  });
  protected readonly firstSeats = computed(() => {
    const sheet = this.sheet();
    return sheet?.kind === 'exception' ? sheet.seats : 1;
  });
  protected readonly walkInWords = computed(() => {
    const left = this.door.counts()?.left ?? null;
    return left === null
      ? $localize`:@@door.walkIn.words:Contano nei posti della sala come gli altri.`
      : $localize`:@@door.walkIn.wordsLeft:Posti liberi in sala adesso: ${left}:seats:.`;
  });
  protected readonly walkInReasons = [
    $localize`:@@door.walkIn.reason.invited:Invitati dalla compagnia`,
    $localize`:@@door.walkIn.reason.mail:Prenotazione mai arrivata`,
    $localize`:@@door.walkIn.reason.seats:Posti rimasti liberi`,
  ];
  protected readonly exceptionReasons = [
    $localize`:@@door.exception.reason.more:Sono venuti in più`,
    $localize`:@@door.exception.reason.came_back:Erano usciti`,
    $localize`:@@door.exception.reason.error:Errore alla porta`,
  ];

  protected close(): void {
    this.sheet.set(null);
  }

  protected admitWalkIns({ seats, reason }: Admission): void {
    this.close();
    this.flow.admitWalkIns(seats, reason);
  }

  protected admitAnyway({ seats, reason }: Admission): void {
    this.close();
    this.flow.admitAnyway(seats, reason);
  }

  protected undo(target: UndoTarget, reason: string): void {
    this.close();
    this.flow.undo(target, reason);
  }
}
