import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  LOCALE_ID,
  afterRenderEffect,
  computed,
  effect,
  inject,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import { MatIcon } from '@angular/material/icon';
import { Router } from '@angular/router';
import { ApiTimePipe } from '@azione/shared/time/api-time-pipe';
import { CameraView } from '../camera/camera-view';
import { DeviceSessions } from '../device/device-session';
import { ServerClock } from '../device/server-clock';
import { DoorLists } from '../door-list/door-lists';
import { Link } from '../offline/link';
import { PreflightCard } from '../preflight/preflight-card';
import { recallAllAtOnce, rememberAllAtOnce } from './all-at-once';
import { Answer } from './answer';
import { playAnswers } from './answer-signals';
import { DeskSheets, OpenSheet } from './desk-sheets';
import { DoorState } from './door-state';
import { LiveCounts } from './live-counts';
import { logLines } from './log-lines';
import { NameResults } from './name-results';
import { NameSearch } from './name-search';
import { NoticeBar } from './notice';
import { OpenedTicket } from './opened-ticket';
import { PartyQuestionView } from './party-question';
import { ScanBox } from './scan-box';
import { ScanFlow } from './scan-flow';
import { KeyDesk, takeKey } from './scan-keys';
import { ScanLog } from './scan-log';
import { SeatsChoice } from './seats-choice';
import { StatusStrip } from './status-strip';
import { WalkIns } from './walk-ins';

/** The door itself: camera, box, answers, and how the evening stands. For a phone that has its session. */
@Component({
  selector: 'azione-desk',
  imports: [
    Answer,
    ApiTimePipe,
    CameraView,
    DeskSheets,
    LiveCounts,
    MatIcon,
    NameResults,
    NoticeBar,
    PartyQuestionView,
    PreflightCard,
    ScanBox,
    ScanLog,
    SeatsChoice,
    StatusStrip,
    WalkIns,
  ],
  providers: [DoorState, NameSearch, OpenedTicket, ScanFlow],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './desk.html',
  styleUrl: './desk.scss',
  host: {
    '(document:keydown)': 'takeKey($event)',
    '(window:focus)': 'focusBox()',
  },
})
export class Desk implements KeyDesk {
  private readonly router = inject(Router);
  private readonly locale = inject(LOCALE_ID);
  private readonly sessions = inject(DeviceSessions);
  private readonly lists = inject(DoorLists);
  private readonly clock = inject(ServerClock);
  private readonly link = inject(Link);
  private readonly opened = inject(OpenedTicket);
  private readonly box = viewChild.required(ScanBox);
  private readonly results = viewChild(NameResults);
  /** Enter after a name: the keyboard goes on among those who were found. */
  private readonly wantsResults = signal(false);
  private readonly top = viewChild.required<ElementRef<HTMLElement>>('top');

  protected readonly flow = inject(ScanFlow);
  protected readonly door = inject(DoorState);
  protected readonly search = inject(NameSearch);
  protected readonly sheet = signal<OpenSheet | null>(null);
  readonly code = signal('');

  protected readonly performance = computed(
    () => this.lists.list()?.performance ?? this.sessions.current()?.performance ?? null,
  );
  /** Before the doors open there is time to look whether the phone is ready. */
  protected readonly isShut = computed(() => {
    const performance = this.performance();
    return performance !== null && this.clock.now() < new Date(performance.doors_open_at);
  });
  readonly cover = computed(() =>
    this.flow.question() === null ? (this.flow.view()?.tone ?? 'none') : 'question',
  );
  protected readonly isCameraPaused = computed(
    () => this.flow.needsAttention() || this.sheet() !== null,
  );
  protected readonly log = computed(() => {
    const list = this.door.list();
    const isOnline = this.link.state() === 'online';
    return logLines({
      shown: this.flow.log(),
      done: this.door.done(),
      listed: list?.last_scans ?? [],
      reservations: list?.reservations ?? [],
      ownNumber: this.sessions.current()?.device.number ?? 0,
      clock: this.performance()?.starts_at ?? '',
      locale: this.locale,
    }).map((line) => (line.device === null || isOnline ? line : { ...line, undo: null }));
  });

  constructor() {
    this.flow.allAtOnce.set(recallAllAtOnce());
    playAnswers(this.flow);
    untracked(() => void this.lists.refresh());
    effect(() => {
      this.enterPerformance();
    });
    effect(() => {
      if (this.flow.settled() > 0) {
        untracked(() => {
          this.door.look();
          this.lists.refreshSoon();
        });
      }
    });
    effect(() => {
      if (this.search.isLooking() && !hasKeyboard()) {
        this.box().toTop();
      }
    });
    afterRenderEffect(() => {
      if (this.wantsResults() && this.results()?.focusFirst()) {
        this.wantsResults.set(false);
      }
    });
    // After the page is drawn: while it is inert under an answer, nothing in it takes the focus.
    afterRenderEffect(() => {
      if (this.cover() === 'none') {
        this.focusBox();
      }
    });
  }

  submit(): void {
    this.opened.forget();
    const code = this.code();
    if (this.search.isName(code)) {
      this.search.now(code);
      this.wantsResults.set(true);
    } else if (this.flow.submit(code)) {
      this.type('');
    }
  }

  dismiss(): void {
    this.flow.dismiss();
  }

  /** Into the field at once: a scanner's next letter comes before the page is drawn again. */
  type(code: string): void {
    this.typed(code);
    this.box().put(code);
  }

  focus(): void {
    this.box().focus();
  }

  protected takeKey(event: KeyboardEvent): void {
    takeKey(event, this);
  }

  protected typed(code: string): void {
    this.code.set(code);
    this.search.soon(code);
  }

  protected decoded(text: string): void {
    this.flow.submit(text, 'camera');
  }

  protected choose(reference: string): void {
    this.type('');
    this.flow.submit(reference);
  }

  protected setAllAtOnce(isOn: boolean): void {
    this.flow.allAtOnce.set(isOn);
    rememberAllAtOnce(isOn);
  }

  /** Not where a finger would have to close a keyboard again to see the camera. */
  protected focusBox(): void {
    if (this.cover() !== 'none' || this.sheet() !== null) {
      return;
    }
    if (hasKeyboard()) {
      this.box().focus();
    } else {
      this.top().nativeElement.focus({ preventScroll: true });
    }
  }

  /** A phone that is paired has another way back than an account; the sheet shows it. */
  protected signIn(): void {
    if (this.sessions.current() !== null) {
      this.flow.dismiss();
      this.sheet.set({ kind: 'status' });
      return;
    }
    void this.router.navigate(['/sign-in']);
  }

  protected leave(): void {
    this.sheet.set(null);
    void this.router.navigate(['/']);
  }

  private enterPerformance(): void {
    const performance = this.performance();
    if (performance !== null) {
      this.flow.performanceId.set(performance.id);
      this.flow.performanceCancelled.set(performance.cancelled);
    }
  }
}

/** Browsers without an answer have a keyboard. */
function hasKeyboard(): boolean {
  const browser = globalThis as { matchMedia?: (query: string) => MediaQueryList };
  const look = browser.matchMedia;
  return typeof look === 'function'
    ? look.call(globalThis, '(hover: hover) and (pointer: fine)').matches
    : true;
}
