import type { Clock } from '../base/clock.js';
import type { EventLog, OpsEvent, Principal } from '../core/shared/index.js';

const flushMs = 250;
/** Beyond this the oldest are written at once, whoever has to wait. */
const mostWaiting = 1_000;

/** Writes down who changed what over HTTP. */
export interface Audit {
  record(entry: {
    readonly principal: Principal;
    readonly method: string;
    readonly path: string;
    readonly status: number;
    readonly requestId: string;
    readonly address: string;
    /** Names of what was asked to change, where they do not stand in the path. */
    readonly target: Readonly<Record<string, string>>;
  }): void;
  /** Resolves when everything recorded is stored. */
  close(): Promise<void>;
}

/** In batches: one more durable write for each of many small ingests would be half of their cost. */
export const httpAudit = (deps: {
  readonly events: () => Promise<EventLog>;
  readonly clock: Clock;
  readonly failed: (error: unknown) => void;
}): Audit => {
  let waiting: OpsEvent[] = [];
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  const flush = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const batch = waiting;
    waiting = [];
    if (batch.length > 0) writing = writing.then(async () => (await deps.events()).append(batch)).catch(deps.failed);
    return writing;
  };
  return {
    record: ({ principal, method, path, status, requestId, address, target }) => {
      waiting.push({
        type: 'audit.http',
        subject: path,
        at: deps.clock.now(),
        payload: {
          actor: principal.name,
          kind: principal.kind,
          action: `${method} ${path}`,
          outcome: status < 400 ? 'ok' : 'refused',
          status,
          request_id: requestId,
          address,
          ...target,
        },
      });
      if (waiting.length >= mostWaiting) void flush();
      else timer ??= setTimeout(() => void flush(), flushMs).unref();
    },
    close: flush,
  };
};
