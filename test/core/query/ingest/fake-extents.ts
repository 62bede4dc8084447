import type { ExtentStore, StagedExtent } from '../../../../src/core/query/index.js';

export interface FakeExtents extends ExtentStore {
  /** Published extents by id, with the lines that went into them. */
  readonly published: Map<string, readonly string[]>;
  /** Staged and neither published nor discarded. */
  readonly staged: Map<string, readonly string[]>;
  /** Makes the next calls of this step fail. */
  fail(step: 'stage' | 'publish', error: Error, times: number): void;
  /** Holds staging back until `open` is called; so that others queue up behind it. */
  hold(): { open(): void };
}

const linesOf = (bodies: readonly Uint8Array[]): string[] =>
  bodies.flatMap((body) =>
    new TextDecoder()
      .decode(body)
      .split('\n')
      .filter((line) => line.trim() !== ''),
  );

/** An ExtentStore in memory that can be told to fail or to wait. */
export const fakeExtents = (): FakeExtents => {
  const published = new Map<string, readonly string[]>();
  const staged = new Map<string, readonly string[]>();
  const failures: { step: string; error: Error }[] = [];
  let gate: Promise<void> = Promise.resolve();
  let next = 0;
  const failing = (step: string): void => {
    const index = failures.findIndex((failure) => failure.step === step);
    const [failure] = index < 0 ? [] : failures.splice(index, 1);
    if (failure) throw failure.error;
  };
  const stage = (
    lines: readonly string[],
    rest: Omit<StagedExtent['extent'], 'id' | 'byteSize' | 'rowCount' | 'columnStats'>,
  ): StagedExtent => {
    const id = `e${++next}`;
    staged.set(id, lines);
    return { extent: { ...rest, id, byteSize: lines.join('').length, rowCount: lines.length, columnStats: {} } };
  };
  return {
    published,
    staged,
    fail: (step, error, times) => {
      for (let count = 0; count < times; count++) failures.push({ step, error });
    },
    hold: () => {
      let open = (): void => undefined;
      gate = new Promise((resolve) => {
        open = resolve;
      });
      return { open: () => open() };
    },
    stageRows: async ({ table, bodies, presentPaths }) => {
      await gate;
      failing('stage');
      return stage(linesOf(bodies), {
        tableId: table.id,
        databaseId: table.databaseId,
        presentPaths,
        compactionGen: 0,
      });
    },
    stageMerge: async ({ snapshot, extents }) =>
      stage(
        extents.flatMap(({ id }) => published.get(id) ?? []),
        { tableId: snapshot.table.id, databaseId: snapshot.table.databaseId, presentPaths: [], compactionGen: 1 },
      ),
    publish: async (list) => {
      failing('publish');
      for (const { extent } of list) {
        published.set(extent.id, staged.get(extent.id) ?? []);
        staged.delete(extent.id);
      }
    },
    discard: async (list) => {
      for (const { extent } of list) staged.delete(extent.id);
    },
    remove: async (list) => {
      for (const { id } of list) published.delete(id);
    },
    olderThan: async () => [],
  };
};
