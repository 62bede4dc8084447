import { mkdirSync, readFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import { beforeAll, describe, expect, it } from 'vitest';
import { fileTables, QueryBudget } from '../../../../src/core/query/index.js';
import { faultOf, inputs, piped, queries, rowsOf, spools } from './harness.js';

const { path, write } = inputs();
const users = write('users.csv', 'id,name\n1,ann\n2,bob\n');
const hits = write('hits.ndjson', '{"user":1,"ms":5}\n{"user":1,"ms":7}\n{"user":3,"ms":1}\n');
const parquet = path('p.parquet');

beforeAll(async () => {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`COPY (SELECT 42 AS a, TIMESTAMPTZ '2026-01-01 00:00:00+00' AS t) TO '${parquet}'`);
  connection.closeSync();
  instance.closeSync();
});

describe('a session on files', () => {
  it('joins files of different formats', async () => {
    const sql = 'SELECT name, sum(ms) AS ms FROM users LEFT JOIN hits ON "user" = id GROUP BY name ORDER BY name';
    expect(await rowsOf([users, hits], sql)).toEqual([
      { name: 'ann', ms: 12 },
      { name: 'bob', ms: null },
    ]);
  });

  it('reads Parquet, also from stdin where --format says so', async () => {
    const rows = [{ a: 42, t: '2026-01-01T00:00:00Z' }];
    expect(await rowsOf([parquet], 'SELECT * FROM p')).toEqual(rows);
    const stdin = piped(readFileSync(parquet), 999);
    expect(await rowsOf(['p=-'], 'SELECT * FROM p', { stdin, format: 'parquet' })).toEqual(rows);
  });

  it('lists its tables and their columns', async () => {
    expect(await rowsOf([users, hits], 'SHOW TABLES')).toEqual([{ name: 'hits' }, { name: 'users' }]);
    const sql = "SELECT column_name FROM information_schema.columns WHERE table_name = 'hits' ORDER BY 1";
    expect(await rowsOf([users, hits], sql)).toEqual([{ column_name: 'ms' }, { column_name: 'user' }]);
  });

  it('takes names that the engine would read as patterns, and quotes', async () => {
    const odd = write("we[i]rd*'s.ndjson", '{"a":1}\n');
    expect(await rowsOf([`t=${odd}`], 'SELECT * FROM t')).toEqual([{ a: 1 }]);
  });

  it('does not read files that the statement leaves out', async () => {
    const bad = write('bad.ndjson', 'nonsense\n');
    expect(await rowsOf([bad, users], 'SELECT count(*) AS n FROM users')).toEqual([{ n: 2 }]);
  });

  it.each([
    ['absent', 'nope.csv', { code: 'not_found', exit: 3 }],
    ['a directory', 'folder.csv', { code: 'usage', exit: 2 }],
  ])('refuses a file that is %s before anything runs', async (_, name, fault) => {
    mkdirSync(path('folder.csv'), { recursive: true });
    expect(await faultOf([path(name)], 'SELECT 1')).toMatchObject(fault);
  });

  it.each([
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM read_text('/etc/passwd')",
    "COPY users TO '/tmp/x'",
    'SET threads = 1',
    'SELECT 1; SELECT 2',
    'CREATE TABLE x AS SELECT 1',
  ])('refuses %s', async (sql) => {
    expect(await faultOf([users], sql)).toMatchObject({ code: 'invalid_data', exit: 9 });
  });

  it('shows the user no path of its own', async () => {
    const broken = await faultOf(['p=-'], 'SELECT * FROM p', { stdin: piped('no parquet at all'), format: 'parquet' });
    expect(broken).toMatchObject({ code: 'invalid_data', message: expect.stringMatching(/^stdin: /) });
    const cast = await faultOf(['t=-'], 'SELECT CAST(a AS INTEGER) FROM t', { stdin: piped('{"a":"x"}\n') });
    expect(cast.message).not.toMatch(/ops-[0-9a-f]{8}/);
  });

  it('explains with the bytes of the files used, and without paths', async () => {
    const files = fileTables([users, hits], { stdin: piped('') });
    const plan = await queries.explain({ files, sql: 'SELECT * FROM users' });
    expect(plan).toMatchObject({
      tables: [{ table: 'users', extents: 1, extents_scanned: 1, bytes_to_scan: 20, pruned_by: [] }],
      bytes_to_scan: 20,
    });
    expect(plan.plan).toMatch(/READ_CSV/);
    expect(plan.plan).not.toContain(users);
  });

  it('counts rows and bytes', async () => {
    const files = fileTables([users], { stdin: piped('') });
    const result = await queries.query({ files, sql: 'SELECT * FROM users' });
    for await (const _ of result.ndjson());
    expect(result.stats()).toEqual({ rows: 2, bytesScanned: 20, elapsedMs: 0 });
    await result.close();
    await result.close();
    expect(spools()).toEqual([]);
  });

  it('keeps to the budget of bytes', async () => {
    const budget = QueryBudget.parse({ scanBytes: 10 });
    expect(await faultOf([users], 'SELECT * FROM users', { budget })).toMatchObject({
      code: 'limit_exceeded',
      exit: 8,
    });
    expect(spools()).toEqual([]);
  });

  it('refuses an empty question, and a table that does not exist', async () => {
    expect(await faultOf([users], ' ')).toMatchObject({ message: expect.stringContaining('empty') });
    expect(await faultOf([users], 'SELECT * FROM usrs')).toMatchObject({ message: expect.stringContaining('usrs') });
  });

  it('ends with the reason of the signal', async () => {
    const aborted = AbortSignal.abort(new RangeError('stop'));
    await expect(rowsOf([users], 'SELECT * FROM users', { signal: aborted })).rejects.toThrow('stop');
    expect(spools()).toEqual([]);
  });
});
