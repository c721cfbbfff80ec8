import {
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  inject,
  input,
  signal,
} from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import { Api } from '@azione/shared/api/generated/api';
import { getCalendar, getTicketPng, getTicketSvg } from '@azione/shared/api/generated/functions';
import { Reservation } from '@azione/shared/api/generated/models/reservation';
import { Problem } from '@azione/shared/api/problem';
import { query } from '@azione/shared/api/query';
import { reservationAuthorization } from '@azione/shared/api/reservation-token';
import { toProblem } from '@azione/shared/api/to-problem';
import { PageHeading } from '@azione/shared/ui/page-heading';
import { ProblemPanel } from '@azione/shared/ui/problem-panel';
import { injectSaveFile } from '@azione/shared/ui/save-file';

/** A confirmed reservation: the QR code for the door, to keep and to note down. */
@Component({
  selector: 'azione-ticket',
  imports: [MatButton, MatIcon, PageHeading, ProblemPanel],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './ticket.html',
  styleUrl: './ticket.scss',
})
export class Ticket {
  readonly reservation = input.required<Reservation>();
  readonly token = input.required<string>();

  private readonly api = inject(Api);
  private readonly save = injectSaveFile();

  protected readonly code = query({
    params: () => this.token(),
    load: () => this.api.invoke(getTicketSvg, this.params()),
  });
  protected readonly imageUrl = signal<string | null>(null);
  protected readonly failed = signal<Problem | null>(null);
  protected readonly codeLabel = computed(() => {
    const { reference } = this.reservation();
    return $localize`:@@site.ticket.alt:Codice QR del biglietto ${reference}:reference:`;
  });

  constructor() {
    effect((onCleanup) => {
      const svg = this.code.data();
      if (!svg) {
        return;
      }
      const url = URL.createObjectURL(svg);
      this.imageUrl.set(url);
      onCleanup(() => {
        URL.revokeObjectURL(url);
      });
    });
  }

  protected download(): Promise<void> {
    return this.saveAs('png', () => this.api.invoke(getTicketPng, this.params()));
  }

  protected addToCalendar(): Promise<void> {
    return this.saveAs('ics', () => this.api.invoke(getCalendar, this.params()));
  }

  private async saveAs(extension: string, load: () => Promise<Blob>): Promise<void> {
    this.failed.set(null);
    try {
      this.save(await load(), `${this.reservation().reference}.${extension}`);
    } catch (error) {
      this.failed.set(toProblem(error));
    }
  }

  private params() {
    return { Authorization: reservationAuthorization(this.token()) };
  }
}
