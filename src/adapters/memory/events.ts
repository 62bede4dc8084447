import type { EventLog, StoredEvent } from '../../core/shared/index.js';

/** The outbox of one process, for tests and for what is never stored. */
export const memoryEvents = (): EventLog => {
  let stored: StoredEvent[] = [];
  let last = 0;
  const cursors = new Map<string, number>();
  return {
    append: async (events) => {
      for (const event of events) {
        const isKnown = event.key !== undefined && stored.some(({ key }) => key === event.key);
        if (!isKnown) stored.push({ ...event, sequence: ++last });
      }
    },
    after: async (sequence, limit, types = []) =>
      stored
        .filter((event) => event.sequence > sequence)
        .filter(({ type }) => types.length === 0 || types.some((wanted) => type.startsWith(wanted)))
        .slice(0, limit),
    newest: async () => stored.at(-1)?.sequence ?? 0,
    cursor: async (consumer) => cursors.get(consumer) ?? 0,
    advance: async (consumer, sequence) => {
      cursors.set(consumer, Math.max(sequence, cursors.get(consumer) ?? 0));
    },
    prune: async (before) => {
      const passed = Math.min(...cursors.values());
      const kept = stored.filter(({ at, sequence }) => at >= before || sequence > passed);
      const pruned = stored.length - kept.length;
      stored = kept;
      return pruned;
    },
  };
};
