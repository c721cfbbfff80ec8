import { problemMessage } from '@azione/shared/api/problem-message';
import { toProblem } from '@azione/shared/api/to-problem';
import { UndeliveredScans } from '../device/device-session';

/** Why the phone was not paired, and what to do now. */
export function pairingProblem(error: unknown): string {
  if (error instanceof UndeliveredScans) {
    return $localize`:@@door.pair.undelivered:Su questo telefono ci sono ancora ingressi di un’altra porta da consegnare. Consegnali o esportali, poi abbinalo di nuovo.`;
  }
  const problem = toProblem(error);
  const code: string = problem.code;
  switch (code) {
    case 'pairing_code_invalid':
      return $localize`:@@door.pair.invalid:Questo codice non vale: è già stato usato da un altro telefono, ha più di dieci minuti, o c’è una lettera sbagliata. Controllalo, o fattene dare uno nuovo.`;
    case 'network':
      return $localize`:@@door.pair.network:Per abbinare il telefono serve la rete, questa volta sola. Cercala e riprova: il codice resta tuo, anche se era già partito.`;
    default:
      return problemMessage(problem);
  }
}
