import { TestBed } from '@angular/core/testing';
import { Problem } from '../api/problem';
import { provideIcons } from './icons';
import { ProblemPanel } from './problem-panel';

describe('ProblemPanel', () => {
  async function panelFor(problem: Problem) {
    TestBed.configureTestingModule({ providers: [provideIcons()] });
    const fixture = TestBed.createComponent(ProblemPanel);
    fixture.componentRef.setInput('problem', problem);
    await fixture.whenStable();
    return fixture;
  }

  it('says what to do next and draws the icon', async () => {
    const fixture = await panelFor(new Problem({ code: 'network', status: 0 }));
    const element = fixture.nativeElement as HTMLElement;
    expect(element.querySelector('[role=alert]')?.textContent).toContain(
      'Controlla la connessione',
    );
    expect(element.querySelectorAll('mat-icon svg path').length).toBeGreaterThan(1);
  });

  it('asks for another try once a click', async () => {
    const fixture = await panelFor(new Problem({ code: 'busy', status: 503, retryAfter: 2 }));
    let retries = 0;
    fixture.componentInstance.retry.subscribe(() => {
      retries += 1;
    });
    (fixture.nativeElement as HTMLElement).querySelector('button')?.click();
    expect(retries).toBe(1);
  });
});
