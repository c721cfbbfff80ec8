import { Signal, computed, linkedSignal, resource } from '@angular/core';
import { Problem } from './problem';
import { toProblem } from './to-problem';

/** What a page shows of one read of the API. */
export interface Query<T> {
  /** The last answer for the present parameters; it outlives a later refresh that fails. */
  readonly data: Signal<T | undefined>;
  /** Why there is nothing to show; null as soon as there is something, old or not. */
  readonly problem: Signal<Problem | null>;
  readonly loading: Signal<boolean>;
  reload(): void;
  /** Puts in what another call has just answered. */
  set(value: T): void;
}

/**
 * Reads anew whenever `params` changes (undefined: there is nothing to read yet). Unlike a bare
 * resource it keeps the data when a refresh fails: nobody wants a form to vanish under their hands.
 */
export function query<P extends string | number, T>(options: {
  params: () => P | undefined;
  load: (params: P) => Promise<T>;
}): Query<T> {
  const source = resource<T, P | undefined>({
    params: options.params,
    loader: ({ params }) => options.load(params),
  });
  const answered = computed(() => ({
    params: options.params(),
    value: source.hasValue() ? source.value() : undefined,
  }));
  const data = linkedSignal<{ params: P | undefined; value: T | undefined }, T | undefined>({
    source: answered,
    computation: (now, before) =>
      now.value ?? (before?.source.params === now.params ? before?.value : undefined),
  });
  return {
    data: data.asReadonly(),
    problem: computed(() => {
      const error = source.error();
      return error === undefined || data() !== undefined ? null : toProblem(error);
    }),
    loading: source.isLoading,
    reload: () => {
      source.reload();
    },
    set: (value) => {
      source.set(value);
    },
  };
}
