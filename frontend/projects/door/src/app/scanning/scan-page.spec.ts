import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { LOCALE_ID } from '@angular/core';
import { ComponentFixture, TestBed } from '@angular/core/testing';
import { provideRouter } from '@angular/router';
import { ScanOutcomeEnum } from '@azione/shared/api/generated/models/scan-outcome-enum';
import { ScanRequest } from '@azione/shared/api/generated/models/scan-request';
import { provideApi } from '@azione/shared/api/provide-api';
import { provideIcons } from '@azione/shared/ui/icons';
import { DeviceName } from './device-name';
import { ScanPage } from './scan-page';

const LIST = '/api/v1/door/performances/?language=it';
const SCANS = '/api/v1/door/performances/7/scans/';

describe('ScanPage', () => {
  let fixture: ComponentFixture<ScanPage>;
  let server: HttpTestingController;

  beforeEach(async () => {
    TestBed.configureTestingModule({
      providers: [
        provideApi(),
        provideHttpClientTesting(),
        provideIcons(),
        provideRouter([]),
        { provide: LOCALE_ID, useValue: 'it' },
      ],
    });
    TestBed.inject(DeviceName).rename('Marta');
    server = TestBed.inject(HttpTestingController);
    fixture = TestBed.createComponent(ScanPage);
    fixture.componentRef.setInput('id', '7');
    document.body.append(page());
    fixture.detectChanges();
    await answerList();
  });

  afterEach(() => {
    page().remove();
  });

  async function answerList(): Promise<void> {
    server
      .match(LIST)
      .filter((call) => !call.cancelled)
      .forEach((call) => {
        call.flush([
          {
            id: 7,
            show_title: 'La locandiera',
            venue_name: 'La Cantina',
            starts_at: '2026-11-22T20:30:00+01:00',
            doors_open_at: '2026-11-22T20:00:00+01:00',
            cancelled: false,
            expected: 8,
            admitted: 2,
          },
        ]);
      });
    await new Promise((resolve) => setTimeout(resolve));
    fixture.detectChanges();
  }

  function box(): HTMLInputElement {
    const field = page().querySelector<HTMLInputElement>('#scan-code');
    if (field === null) {
      throw new Error('There is no box.');
    }
    return field;
  }

  function page(): HTMLElement {
    return fixture.nativeElement as HTMLElement;
  }

  /** As a scanner does it: to whatever has the focus, faster than the page is drawn. */
  function wedge(text: string): void {
    for (const key of [...Array.from(text), 'Enter']) {
      const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true });
      document.body.dispatchEvent(event);
    }
  }

  function typeAndSubmit(text: string): void {
    box().value = text;
    box().dispatchEvent(new Event('input'));
    box().form?.dispatchEvent(new Event('submit', { cancelable: true }));
  }

  async function answerScan(outcome: ScanOutcomeEnum): Promise<ScanRequest> {
    const call = server.expectOne(SCANS);
    const body = call.request.body as ScanRequest;
    call.flush({
      outcome,
      scan_id: body.scan_id,
      seats_admitted: outcome === 'admitted' ? 1 : 0,
      reservation: null,
      first_admitted_at: null,
      first_device: null,
      replayed_outcome: null,
    });
    await new Promise((resolve) => setTimeout(resolve));
    await answerList();
    return body;
  }

  function title(): string | undefined {
    const dialog = page().querySelector('[role=dialog]');
    return dialog?.querySelector('h2')?.textContent;
  }

  it('has the focus in the box, and shows the counts', () => {
    expect(document.activeElement).toBe(box());
    const text = page().textContent;
    expect(text).toContain('2 entrati di 8 attesi');
  });

  it('shows a refusal and starts the next scan with what a scanner types over it', async () => {
    typeAndSubmit('K7Q4MX');
    await answerScan('cancelled');
    expect(title()).toBe('Annullata');
    expect(box().value).toBe('');

    wedge('ABCDEF');
    const next = await answerScan('admitted');
    expect(next.reference).toBe('ABCDEF');
    expect(title()).toContain('Avanti');
  });

  it('takes the first letter of the next code as the end of a success', async () => {
    typeAndSubmit('K7Q4MX');
    await answerScan('admitted');
    document.body.dispatchEvent(
      new KeyboardEvent('keydown', { key: 'Q', cancelable: true, bubbles: true }),
    );
    fixture.detectChanges();
    expect(title()).toBeUndefined();
    expect(box().value).toBe('Q');
    expect(document.activeElement).toBe(box());
  });

  it('closes a refusal with Escape only, or its button', async () => {
    typeAndSubmit('K7Q4MX');
    await answerScan('unknown');
    page().querySelector<HTMLElement>('azione-answer')?.click();
    fixture.detectChanges();
    expect(title()).toBe('Non trovato');
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
    fixture.detectChanges();
    expect(title()).toBeUndefined();
    expect(document.activeElement).toBe(box());
  });
});
