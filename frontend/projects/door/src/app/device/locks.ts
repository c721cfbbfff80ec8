const queues = new Map<string, Promise<unknown>>();

/**
 * One after the other, in all the tabs of this browser; where it knows no locks, in this page. What
 * the lock guards is safe without it, too, and only takes a detour over the server.
 */
export function withLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  const { locks } = navigator as { locks?: LockManager };
  if (locks !== undefined) {
    return locks.request(`azione-door-${name}`, work);
  }
  const before = queues.get(name) ?? Promise.resolve();
  const turn = before.then(work, work);
  queues.set(name, turn);
  return turn;
}
