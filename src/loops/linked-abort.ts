/**
 * A controller that aborts with `outer`, too. `unlink` must be called at the end: a long-lived signal would otherwise
 * keep one listener for each short piece of work (as `AbortSignal.any` does in some versions of Node).
 */
export const linkedAbort = (outer: AbortSignal): { readonly controller: AbortController; unlink(): void } => {
  const controller = new AbortController();
  const forward = (): void => controller.abort(outer.reason);
  if (outer.aborted) forward();
  else outer.addEventListener('abort', forward, { once: true });
  return { controller, unlink: () => outer.removeEventListener('abort', forward) };
};
