import { existsSync, lstatSync, mkdirSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rowPipes } from '../../../src/adapters/duckdb/row-pipes.js';
import { isOpsError } from '../../../src/base/errors.js';
import { type Execution, QueryBudget } from '../../../src/core/query/index.js';
import { openStore, type Store } from './stored.js';

const columns = { n: 'long', s: 'string', j: 'dynamic', t: 'datetime' } as const;
const rowCount = 300_000;
const rows = `SELECT i AS n, CASE WHEN i = ${rowCount - 1} THEN 'last' ELSE 'row ' || i || ' "quoted"' || chr(10) || 'é' END AS s,
  to_json({'i': i}) AS j, TIMESTAMPTZ '2026-01-01 00:00:00Z' + to_milliseconds(i) AS t FROM range(${rowCount}) t(i)`;

let store: Store;
beforeAll(async () => {
  store = openStore();
  await store.addTable('big', columns, [{ columns, sql: rows }]);
});
afterAll(() => store.close());

const pipeNames = (): string[] => readdirSync(join(store.dataDir, 'tmp')).filter((name) => name.startsWith('pour-'));

/** Runs `use`, and checks that nothing stays open. */
const executed = async <T>(
  sql: string,
  use: (execution: Execution) => Promise<T>,
  { signal = new AbortController().signal, budget = {} }: { signal?: AbortSignal; budget?: Partial<QueryBudget> } = {},
): Promise<T> => {
  const session = await store.session();
  const execution = await session.execute(await session.check(sql), {
    tables: store.tables,
    budget: QueryBudget.parse(budget),
    signal,
  });
  try {
    return await use(execution);
  } finally {
    await execution.close();
    await session.close();
  }
};

const collected = async ({ ndjson }: Execution): Promise<Buffer> => {
  const parts: Uint8Array[] = [];
  for await (const part of ndjson()) {
    expect(part.at(-1)).toBe(10);
    parts.push(part);
  }
  return Buffer.concat(parts);
};

const openPipes = (): number =>
  readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return lstatSync(`/proc/self/fd/${fd}`).isSymbolicLink() && linkOf(fd).includes('/pour-');
    } catch {
      return false;
    }
  }).length;

const linkOf = (fd: string): string => readlinkSync(`/proc/self/fd/${fd}`);

describe('rows by way of a pipe', () => {
  test.each([
    ['SELECT * FROM big', 'SELECT * FROM big UNION ALL SELECT * FROM big WHERE false'],
    ["SELECT n FROM big WHERE s = 'last'", "SELECT n FROM big WHERE s = 'last' ORDER BY n"],
    ['SELECT n FROM big WHERE n < 0', 'SELECT n FROM big WHERE n < 0 ORDER BY n'],
  ])('are those of the general way: %s', async (piped, streamed) => {
    const expected = await executed(streamed, collected);
    const count = await executed(piped, async (execution) => {
      const got = await collected(execution);
      expect(got.equals(expected)).toBe(true);
      return execution.rows();
    });
    expect(count).toBe(expected.toString().split('\n').length - 1);
    expect(pipeNames().length).toBeGreaterThan(0);
    expect(openPipes()).toBe(0);
  });

  test('are followed by the fault that ended them', async () => {
    const sql = `SELECT n, CASE WHEN s = 'last' THEN error('bad row') ELSE s END AS s FROM big`;
    let bytes = 0;
    const error = await executed(sql, async ({ ndjson }) => {
      for await (const part of ndjson()) bytes += part.length;
    }).catch((caught: unknown) => caught);
    expect(isOpsError(error) && [error.code, error.reason]).toEqual(['invalid_data', 'query_execution_error']);
    expect(bytes).toBeGreaterThan(0);
    expect(openPipes()).toBe(0);
  });

  test('end early with their reader, who is not told of an error', async () => {
    for (let round = 0; round < 3; round++) {
      await executed('SELECT * FROM big', async ({ ndjson }) => {
        for await (const _ of ndjson()) break;
      });
      expect(openPipes()).toBe(0);
    }
    expect(await store.lines('SELECT count(*) AS n FROM big')).toEqual([`{"n":${rowCount}}`]);
  });

  test('end without an error when they are cancelled', async () => {
    await executed('SELECT * FROM big', async ({ ndjson, cancel }) => {
      let parts = 0;
      for await (const _ of ndjson()) if (++parts === 1) cancel();
      expect(parts).toBe(1);
    });
    expect(openPipes()).toBe(0);
  });

  test('end with the reason of the signal, also where nobody reads', async () => {
    const controller = new AbortController();
    const reason = new Error('the client went away');
    await executed(
      'SELECT * FROM big',
      async ({ ndjson }) => {
        const iterator = ndjson()[Symbol.asyncIterator]();
        await iterator.next();
        controller.abort(reason);
        await expect(iterator.next()).rejects.toBe(reason);
      },
      { signal: controller.signal },
    );
    expect(openPipes()).toBe(0);
  });

  test('may be left without a word: closing the execution ends the work', async () => {
    await executed('SELECT * FROM big', async ({ ndjson }) => {
      await ndjson()[Symbol.asyncIterator]().next();
    });
    expect(openPipes()).toBe(0);
    expect(await store.lines("SELECT n FROM big WHERE s = 'last'")).toEqual([`{"n":${rowCount - 1}}`]);
  });

  test('end with the budget of time', async () => {
    const sql = 'SELECT n, list_sum(list_transform(range(20000), lambda x: x * n)) AS h FROM big';
    await expect(executed(sql, collected, { budget: { wallClockMs: 60 } })).rejects.toMatchObject({
      reason: 'wall_clock_exceeded',
      details: { limit: 60, unit: 'wall_clock_ms' },
    });
    expect(openPipes()).toBe(0);
  });

  test('come for more readers than there are pipes', async () => {
    const counts = await Promise.all(
      Array.from({ length: 6 }, () => executed('SELECT n FROM big', async (one) => (await collected(one)).length)),
    );
    expect(new Set(counts).size).toBe(1);
  });

  test.each([
    "COPY big TO '{pipe}'",
    "SELECT * FROM read_text('{pipe}')",
    "SELECT * FROM read_csv('{pipe}')",
    "SELECT * FROM read_blob('{pipe}')",
    "SELECT * FROM '{pipe}'",
    "SELECT * FROM glob('{pipe}*')",
    "ATTACH '{pipe}'",
  ])('cannot be had by a statement: %s', async (sql) => {
    await store.lines('SELECT n FROM big');
    const pipe = join(store.dataDir, 'tmp', pipeNames()[0] ?? '');
    expect(lstatSync(pipe).isFIFO()).toBe(true);
    expect(lstatSync(pipe).mode & 0o777).toBe(0o600);
    await expect(store.lines(sql.replace('{pipe}', pipe))).rejects.toMatchObject({ reason: 'sql_parse_error' });
  });

  test('are made again after somebody swept them away', async () => {
    for (const name of pipeNames()) rmSync(join(store.dataDir, 'tmp', name));
    expect(await store.lines("SELECT n FROM big WHERE s = 'last'")).toEqual([`{"n":${rowCount - 1}}`]);
    expect(pipeNames().length).toBeGreaterThan(0);
    expect(openPipes()).toBe(0);
  });

  test('leave nothing behind when the engine closes', async () => {
    const other = openStore();
    await other.addTable('big', columns, [{ columns, sql: rows }]);
    await other.lines('SELECT n FROM big');
    const tmp = join(other.dataDir, 'tmp');
    expect(readdirSync(tmp).length).toBeGreaterThan(0);
    await other.engine.close();
    expect(readdirSync(tmp)).toEqual([]);
    await other.close();
  });
});

describe('pipes', () => {
  const folder = (name: string): string => {
    const path = join(store.root, name);
    mkdirSync(path);
    return path;
  };
  test('stand in the first place that takes them', async () => {
    const [missing, good] = [join(store.root, 'missing'), folder('good')];
    const pipes = rowPipes([[join(missing, 'a')], [join(good, 'a'), join(good, 'b')]]);
    const first = await pipes.take();
    expect(first?.path).toBe(join(good, 'a'));
    expect((await pipes.take())?.path).toBe(join(good, 'b'));
    expect(await pipes.take()).toBeUndefined();
    first?.release();
    expect((await pipes.take())?.path).toBe(join(good, 'a'));
    pipes.close();
    expect(existsSync(join(good, 'a'))).toBe(false);
    expect(await pipes.take()).toBeUndefined();
  });
  test('are none where the name is taken or no folder will have them', async () => {
    const taken = join(folder('taken'), 'a');
    writeFileSync(taken, 'mine');
    const pipes = rowPipes([[taken], [join(store.root, 'missing', 'a')]]);
    expect(await pipes.take()).toBeUndefined();
    pipes.close();
    expect(existsSync(taken)).toBe(true);
  });
});
