import { OpsError } from '../../base/errors.js';

/** The part of `process` that signals come from. */
export interface SignalSource {
  on(name: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  off(name: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
}

const sentences = {
  SIGINT: ['interrupted by Ctrl-C', 130],
  SIGTERM: ['ended by SIGTERM', 143],
} as const;

/**
 * The first signal aborts the command, which then finishes the chunk in flight; the second leaves at once. Returns the
 * way to stop listening.
 */
export const watchSignals = (
  source: SignalSource,
  { controller, leave }: { controller: AbortController; leave: (exit: number) => void },
): (() => void) => {
  let seen = 0;
  const listener = (name: 'SIGINT' | 'SIGTERM') => (): void => {
    const [message, exit] = sentences[name];
    seen++;
    if (seen > 1) leave(exit);
    else controller.abort(new OpsError('interrupted', message, undefined, { exit }));
  };
  const listeners = { SIGINT: listener('SIGINT'), SIGTERM: listener('SIGTERM') };
  source.on('SIGINT', listeners.SIGINT);
  source.on('SIGTERM', listeners.SIGTERM);
  return () => {
    source.off('SIGINT', listeners.SIGINT);
    source.off('SIGTERM', listeners.SIGTERM);
  };
};
