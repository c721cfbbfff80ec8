import { SCAN_OUTCOME_ENUM } from '@azione/shared/api/generated/models/scan-outcome-enum-array';
import { Problem, ProblemDetails } from '@azione/shared/api/problem';
import { GateAnswer } from '../offline/scan-answer';
import { AnswerView, presentResult } from './answer-view';

const CONTEXT = { locale: 'it', performanceCancelled: false, canManage: false };

function answer(changes: Partial<GateAnswer> = {}): GateAnswer {
  return {
    outcome: 'admitted',
    kind: 'ticket',
    scan_id: '7f6b7c9e-8a3b-4c57-9d0f-2c2b6f1f7a10',
    seats_admitted: 2,
    reservation: { reference: 'K7Q4MX', name: 'Anna Bianchi', seats: 4, admitted: 2 },
    first_admitted_at: '2026-11-22T20:41:09+01:00',
    first_device: 'Marta, porta sinistra',
    replayed_outcome: null,
    seats_left: null,
    conflict: null,
    decidedBy: 'server',
    ...changes,
  };
}

function present(
  changes: Partial<GateAnswer>,
  asked: number | null = null,
  context = CONTEXT,
): AnswerView {
  return presentResult({ kind: 'answer', answer: answer(changes), asked }, context);
}

function presentProblem(details: ProblemDetails): AnswerView {
  return presentResult({ kind: 'problem', problem: new Problem(details) }, CONTEXT);
}

describe('presentResult', () => {
  it('has a word and a sign of its own for each outcome', () => {
    const views = SCAN_OUTCOME_ENUM.filter((outcome) => outcome !== 'replay').map((outcome) =>
      present({ outcome }),
    );
    expect(new Set(views.map((view) => view.title)).size).toBe(views.length);
    expect(new Set(views.map((view) => view.icon)).size).toBe(views.length);
    expect(views.filter((view) => view.tone === 'go').map((view) => view.icon)).toEqual(['check']);
  });

  it('says what to do next with every refusal', () => {
    const refusals = SCAN_OUTCOME_ENUM.filter((o) => o !== 'replay' && o !== 'admitted');
    expect(refusals.map((outcome) => present({ outcome }).next).every(Boolean)).toBe(true);
  });

  it('counts who goes in now, and the party', () => {
    expect(present({})).toMatchObject({
      tone: 'go',
      title: 'Avanti, 2\u00a0persone',
      party: '2 di 4 entrati',
      name: 'Anna Bianchi',
      reference: 'K7Q4MX',
      admitRest: null,
    });
    const last = { reference: 'K7Q4MX', name: 'Anna', seats: 4, admitted: 4 };
    expect(present({ seats_admitted: 1, reservation: last })).toMatchObject({
      title: 'Avanti, 1\u00a0persona',
      next: null,
    });
  });

  it('says since when and by whom of those already in, on the clock of the theatre', () => {
    const [line] = present({ outcome: 'already_admitted' }).details;
    expect(line).toBe('Primo ingresso alle 20:41 da «Marta, porta sinistra»');
  });

  it('offers to admit just those who are left', () => {
    const view = present({ outcome: 'over_party', seats_admitted: 0 }, 3);
    expect(view).toMatchObject({ tone: 'ask', title: 'Restano 2 posti', admitRest: 2 });
    expect(view.details[0]).toContain('Ne hai chiesti 3');
  });

  it('shows a replay as what it was', () => {
    const view = present({ outcome: 'replay', replayed_outcome: 'admitted' });
    expect(view).toMatchObject({ tone: 'go', title: 'Avanti, 2\u00a0persone' });
    expect(view.note).toContain('una volta sola');
    const refused = present({ outcome: 'replay', replayed_outcome: 'cancelled' });
    expect(refused).toMatchObject({ tone: 'stop', title: 'Annullata' });
  });

  it('tells a cancelled performance from a cancelled reservation', () => {
    const context = { ...CONTEXT, performanceCancelled: true };
    expect(present({ outcome: 'cancelled' }, null, context).title).toBe('Replica annullata');
  });

  it('shows a ticket nobody knows without a guest', () => {
    const view = present({ outcome: 'unknown', reservation: null, first_admitted_at: null });
    expect(view).toMatchObject({ name: null, reference: null, party: null });
  });

  it('is sure of nothing without an answer', () => {
    const lost = presentProblem({ code: 'network', status: 0 });
    const broken = presentProblem({ code: 'internal_error', status: 502 });
    expect([lost.title, broken.title]).toEqual(['Nessuna risposta', 'Nessuna risposta']);
    expect([lost.action, broken.action]).toEqual(['retry', 'retry']);
    expect(presentProblem({ code: 'not_authenticated', status: 403 }).action).toBe('signIn');
    expect(presentProblem({ code: 'not_found', status: 404 }).title).toBe('Non registrato');
  });

  it('marks what this phone decided alone', () => {
    expect(present({}).mark).toBeNull();
    expect(present({ decidedBy: 'device' }).mark).toContain('Deciso da questo telefono');
  });

  it('says when it knows of an admission from the code of another phone only', () => {
    const view = present({
      outcome: 'already_admitted',
      decidedBy: 'device',
      first_admitted_at: null,
    });
    expect(view.details).toEqual([
      'Già entrati da «Marta, porta sinistra»: lo dice il codice del suo telefono',
    ]);
  });

  it('names both doors of a conflict', () => {
    const conflict = {
      seats: 2,
      rule: 'already_admitted' as const,
      other_device: 'Ugo',
      other_at: '2026-11-22T20:40:00+01:00',
    };
    const view = present({ outcome: 'conflict', conflict });
    expect(view.details[0]).toContain('20:40 da «Ugo»');
  });

  it('counts the seats that are left when there are too few', () => {
    const one = { outcome: 'no_seats_left', seats_left: 1, kind: 'walk_in' } as const;
    expect(present(one).details).toEqual(['Ne resta libero uno solo.']);
    expect(present({ ...one, seats_left: 0 }).details).toEqual([]);
  });

  it('tells people without a reservation, and an undo that found nothing', () => {
    expect(present({ kind: 'walk_in', reservation: null }).note).toBe('Senza prenotazione');
    const undo = { kind: 'undo', outcome: 'unknown', reservation: null } as const;
    expect(present(undo).title).toBe('Niente da annullare');
  });

  it('lets a manager admit against the rule, and nobody else', () => {
    const manager = { ...CONTEXT, canManage: true };
    expect(present({ outcome: 'already_admitted' }, null, manager).exception).toBe(1);
    expect(present({ outcome: 'over_party' }, 6, manager).exception).toBe(6);
    expect(present({ outcome: 'cancelled' }, null, manager).exception).toBeNull();
    expect(present({ outcome: 'already_admitted' }).exception).toBeNull();
  });

  it('tells the link to a reservation from the code of another shop', () => {
    const titles = (['reservationLink', 'foreign'] as const).map(
      (why) => presentResult({ kind: 'notATicket', why }, CONTEXT).title,
    );
    expect(titles).toEqual(['Non è il biglietto', 'Codice non nostro']);
  });
});
