import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { extentPath } from '../../../src/adapters/duckdb/extents/paths.js';
import { isOpsError } from '../../../src/base/errors.js';
import { openStore, type Store } from './stored.js';

interface Attempt {
  readonly name: string;
  readonly sql: string;
  /** Runs, and shows nothing of the machine. */
  readonly harmless?: boolean;
}

const attempts: readonly Attempt[] = JSON.parse(
  readFileSync(new URL('../../../fixtures/query/sql-escapes.json', import.meta.url), 'utf8'),
);

let store: Store;
let extent = '';
beforeAll(async () => {
  store = openStore({ devices: ['/dev/stdout'] });
  const { extents } = await store.addTable('logs', { body: 'string' }, [
    { columns: { body: 'string' }, sql: "SELECT 'hello' AS body" },
  ]);
  const [first] = extents;
  if (first) extent = extentPath(store.dataDir, first);
});
afterAll(() => store.close());

const filled = (sql: string): string =>
  sql.replaceAll('{secret}', store.secret).replaceAll('{extent}', extent).replaceAll('{dir}', store.dataDir);

const attempt = async (sql: string): Promise<{ lines?: readonly string[]; error?: unknown }> => {
  try {
    return { lines: await store.lines(sql) };
  } catch (error) {
    return { error };
  }
};

describe('a statement that would leave the sandbox', () => {
  test.each(attempts.filter(({ harmless }) => !harmless).map(({ name, sql }) => [name, sql]))(
    'is refused: %s',
    async (name, sql) => {
      const { lines, error } = await attempt(filled(sql));
      expect(lines).toBeUndefined();
      expect(isOpsError(error) && [error.code, error.reason]).toEqual([
        'invalid_data',
        name === 'error-function' ? 'query_execution_error' : 'sql_parse_error',
      ]);
      const text = isOpsError(error) ? `${error.message} ${error.hint}` : '';
      // A path that the user typed himself may be named; what he did not type may not.
      for (const known of [store.dataDir, 'the-secret', 'read_parquet(['])
        if (!filled(sql).includes(known)) expect(text).not.toContain(known);
    },
  );

  test.each(attempts.filter(({ harmless }) => harmless).map(({ name, sql }) => [name, sql]))(
    'or shows nothing: %s',
    async (_, sql) => {
      const { lines, error } = await attempt(filled(sql));
      expect(error).toBeUndefined();
      const text = (lines ?? []).join('\n');
      for (const known of [store.root, 'extents', '.parquet', 'the-secret', 'pg_catalog.'])
        expect(text).not.toContain(known);
    },
  );

  test('leaves no file behind, and the tables as they were', async () => {
    expect(readdirSync(store.dataDir).sort()).toEqual(['extents', 'key', 'tmp']);
    expect(await store.lines('SELECT * FROM logs')).toEqual(['{"body":"hello"}']);
  });

  test('would not get past the engine either', async () => {
    const { openLockedInstance } = await import('../../../src/adapters/duckdb/locked-instance.js');
    const locked = await openLockedInstance({
      memoryBytes: 2 ** 28,
      spill: false,
      directories: [`${store.dataDir}/extents/db-1`],
      paths: [],
      setup: [],
    });
    try {
      for (const sql of [
        `SELECT * FROM read_text('${store.secret}')`,
        `SELECT * FROM read_text('${store.dataDir}/extents/db-1/../../key')`,
        `SELECT * FROM glob('${store.dataDir}/*')`,
        `COPY (SELECT 1) TO '${store.dataDir}/x.csv'`,
        `ATTACH '${store.dataDir}/ops.db'`,
        'SET enable_external_access = true',
        'INSTALL httpfs',
        'LOAD httpfs',
      ])
        await expect(locked.connection.run(sql), sql).rejects.toThrow();
    } finally {
      locked.close();
    }
  });
});

test.each([
  ['SELECT nme FROM logs', 'did you mean', { line: 1, column: 8 }],
  ['SELECT bdy FROM logs', '"body"', { line: 1, column: 8 }],
  ['SELECT *\nFROM lgos', '"logs"', { line: 2, column: 6 }],
  ['SELECT uper(body) FROM logs', '"upper"', { line: 1, column: 8 }],
  ["SELECT 'é', uper(body) FROM logs", '"upper"', { line: 1, column: 13 }],
  ['SELECT FROM WHERE', '', { line: 1, column: 13 }],
])('%s is answered with the place', async (sql, hint, at) => {
  const { error } = await attempt(sql);
  expect(isOpsError(error) && error.at).toEqual(at);
  if (hint.startsWith('"')) expect(isOpsError(error) && error.hint).toContain(hint);
});
