import { beforeEach, describe, expect, test } from 'vitest';
import { memoryStore } from '../../../src/adapters/memory/store.js';
import { manualClock } from '../../../src/base/clock.js';
import { ingestCommand } from '../../../src/commands/query/ingest.js';
import type { FileQueries, QueryService, StoredColumn } from '../../../src/core/query/index.js';
import { ingestInto } from '../../../src/core/query/ingest/ingest.js';
import { type FakeExtents, fakeExtents } from '../../core/query/ingest/fake-extents.js';
import { recordingService, resultOf, runCommand } from './run-command.js';

const clock = manualClock(new Date('2026-11-21T12:00:00Z'));
const columns: readonly StoredColumn[] = [
  { name: 'n', type: 'long', declared: true },
  { name: 'at', type: 'datetime', declared: true },
];

let extents: FakeExtents;
let service: Partial<QueryService>;

/** The real ingest over a store in memory, and a table with declared columns. */
beforeEach(async () => {
  let ids = 0;
  const { catalog } = memoryStore({ newId: () => `s${String(++ids).padStart(4, '0')}` });
  extents = fakeExtents();
  await catalog.createTable({ database: 'default', name: 'logs', columns, now: clock.now() });
  service = {
    ingest: ingestInto({ catalog, extents, clock }),
    describe: async (database, table) => ({
      ...{ database, table, row_count: 0, extent_count: 0, bytes: 0 },
      ...{ snapshot_id: null, retention_days: null, time_column: null },
      columns: columns.map(({ name, type }) => ({ name, type, nullable: true })),
    }),
  };
});

const stored = (): readonly string[] => [...extents.published.values()].flat();
const run = (words: readonly string[], files: Readonly<Record<string, string>>, rest: object = {}) =>
  runCommand(ingestCommand, words, { service, files, ...rest });

/** An engine that reads what it is given line by line, and answers with these rows. */
const engine = (rows: readonly string[], warnings: readonly string[] = []) => {
  const read: { text: string; title: string | undefined; path: string | undefined }[] = [];
  const fileQueries: Partial<FileQueries> = {
    query: async ({ files }) => {
      const [file] = files;
      let text = '';
      for await (const part of file?.stream ?? []) text += Buffer.from(part).toString();
      read.push({ text, title: file?.title, path: file?.path });
      return { ...resultOf(rows), warnings };
    },
  };
  return { fileQueries, read };
};

describe('a value that does not fit a declared column', () => {
  const text = '{"n":1}\n{"n":"x"}\n{"n":2,"at":"0000-06-01T00:00:00Z"}\n{"n":3}\n';

  test.each([
    [['logs', 'app.ndjson'], 'app.ndjson'],
    [['logs'], 'stdin'],
  ])('%j: is refused with the name of its file', async (words, name) => {
    const { exit, error } = await run(words, { 'app.ndjson': text, '-': text });
    expect([exit, stored()]).toEqual([9, []]);
    expect(error?.message).toBe(
      `${name}: line 2: column "n" is long and its type is declared: text does not fit; 0 rows committed so far`,
    );
    expect(error?.details).toMatchObject({ file: name, line: 2 });
    expect(error?.hint).toContain('--skip-invalid');
  });

  test('is left out with --skip-invalid, counted, kept and told with its place', async () => {
    const words = ['logs', 'a', '--skip-invalid', '--rejects', 'bad'];
    const { exit, stdout, said, written } = await run(words, { a: `${text}nonsense\n` });
    expect([exit, JSON.parse(stdout).rows_ingested, stored()]).toEqual([0, 2, ['{"n":1}', '{"n":3}']]);
    expect(written['bad']).toBe('nonsense\n{"n":"x"}\n{"n":2,"at":"0000-06-01T00:00:00Z"}\n');
    expect(said).toContain('warn: 3 lines skipped, kept in bad');
    expect(said).toContain('verbose: skipped a: line 2, column 6: column "n" is long: text does not fit');
    expect(said).toContain('note: for example a: line 5, column 1: a line must hold one JSON object, found nonsense');
  });

  test('in every row leaves nothing to store, and is no error', async () => {
    const { exit, stdout, said } = await run(['logs', 'a', '--skip-invalid'], { a: '{"n":"x"}\n{"n":[]}\n' });
    expect([exit, JSON.parse(stdout), stored()]).toEqual([
      0,
      { rows_ingested: 0, bytes_written: 0, chunks: 0, replayed: false },
      [],
    ]);
    expect(said).toContain('warn: 2 lines skipped');
  });

  test('of CSV, where all values are texts, is that of its own row', async () => {
    const rows = ['{"n":"1"}', '{"n":"x"}', '{"n":"9223372036854775807"}'];
    const { fileQueries } = engine(rows);
    const { error } = await run(['logs', 'a.csv'], { 'a.csv': '' }, { fileQueries });
    expect(error?.message).toMatch(/^a\.csv: line 2: column "n" is long .* \(counted in rows\); 0 rows/);
    const { said } = await run(['logs', 'a.csv', '--skip-invalid'], { 'a.csv': 'n\n' }, { fileQueries });
    expect(stored()).toEqual(['{"n":1}', '{"n":9223372036854775807}']);
    expect(said).toContain('note: for example a.csv: row 2: column "n" is long: text does not fit');
  });
});

describe('records of CSV and TSV that cannot be read', () => {
  test.each([
    [['logs', 'a.csv'], 'a.csv', 'n,m\n1,2\n1,2,3\n"x"y,2\n3,4\n', 'n,m\n1,2\n3,4\n', '1,2,3\n"x"y,2\n'],
    [['logs', '--format', 'tsv'], '-', 'n\tm\n1\n1\t2\n', 'n\tm\n1\t2\n', '1\n'],
  ])('%j: are left out with --skip-invalid, counted and kept', async (words, path, text, good, bad) => {
    const { fileQueries, read } = engine(['{"n":1}']);
    const { exit, said, written } = await run(
      [...words, '--skip-invalid', '--rejects', 'bad'],
      { [path]: text },
      { fileQueries },
    );
    const title = path === '-' ? 'stdin' : path;
    expect([exit, read, written['bad']]).toEqual([0, [{ text: good, title, path: undefined }], bad]);
    expect(said.filter((each) => each.startsWith('warn:'))).toEqual([
      `warn: ${bad.split('\n').length - 1} line${bad.split('\n').length > 2 ? 's' : ''} skipped, kept in bad`,
    ]);
    expect(said).toContainEqual(
      expect.stringMatching(`^note: for example ${title}: line \\d, column 1: the header has 2`),
    );
  });

  test('without the flag the engine reads the file as it lies', async () => {
    const { fileQueries, read } = engine(['{"n":1}']);
    await run(['logs', 'a.csv'], { 'a.csv': 'n,m\n1,2,3\n' }, { fileQueries });
    expect(read).toEqual([{ text: '', title: undefined, path: 'a.csv' }]);
  });
});

test('what the engine has to say about a file is said', async () => {
  const warning = 'app.txt: some bytes are not UTF-8 and read as U+FFFD, the first of them in line 7';
  const { fileQueries } = engine(['{"n":1}'], [warning]);
  const { exit, said } = await run(['logs', 'app.txt'], { 'app.txt': 'x\n' }, { fileQueries });
  expect([exit, said.includes(`warn: ${warning}`)]).toEqual([0, true]);
});

describe('another input under a key that was used before', () => {
  const rows = (from: number, to: number): string =>
    Array.from({ length: to - from + 1 }, (_, index) => `{"n":${from + index}}\n`).join('');
  const send = (text: string, ...flags: string[]) =>
    run(['logs', 'a', '--idempotency-key', 'K', ...flags], { a: text });
  const warnings = ({ said }: Awaited<ReturnType<typeof send>>): readonly string[] =>
    said.filter((each) => each.startsWith('warn:'));

  test.each([
    [3, '3 sent now'],
    [1, '1 sent now'],
  ])('with %i rows instead of 2 stores nothing, and says so', async (count, sent) => {
    expect(warnings(await send(rows(1, 2)))).toEqual([]);
    const again = await send(rows(1, count));
    expect([again.exit, stored().length, JSON.parse(again.stdout).replayed]).toEqual([0, 2, true]);
    expect(warnings(again)).toEqual([
      `warn: --idempotency-key K stands for another input: nothing was added for K#1 (2 rows stored then, ${sent}); to store what is new, send only that, under another key`,
    ]);
  });

  test('that grew beyond its last chunk stores the later chunks and names the one that differs', async () => {
    await send(rows(1, 60_000));
    const again = await send(rows(1, 110_000));
    expect([stored().length, JSON.parse(again.stdout).chunks]).toEqual([70_000, 3]);
    expect(warnings(again)).toEqual([
      expect.stringContaining('nothing was added for K#2 (10,000 rows stored then, 50,000 sent now);'),
    ]);
  });

  test('the same input is no other one, also where rows were left out', async () => {
    const text = `${rows(1, 2)}{"n":"x"}\nnonsense\n`;
    const first = await send(text, '--skip-invalid');
    const again = await send(text, '--skip-invalid');
    expect([warnings(first), warnings(again)]).toEqual([['warn: 2 lines skipped'], ['warn: 2 lines skipped']]);
    expect([stored().length, JSON.parse(again.stdout).replayed]).toEqual([2, true]);
  });

  test('is told although a later line ends the work', async () => {
    await send(rows(1, 50_000));
    const again = await send(`${rows(2, 50_000)}\n{"n":1}\nnonsense\n`);
    expect([again.exit, warnings(again).length]).toEqual([9, 1]);
  });
});

test('every misfit of many chunks is kept once', async () => {
  const line = (n: number) => (n % 10_000 === 0 ? `{"n":"x${n}"}\n` : `{"n":${n}}\n`);
  const text = Array.from({ length: 200_000 }, (_, n) => line(n)).join('');
  const { written } = await run(['logs', 'a', '--skip-invalid', '--rejects', 'bad'], { a: text });
  expect(new Set(written['bad']?.trimEnd().split('\n')).size).toBe(20);
  expect(stored().length).toBe(199_980);
});

test('a recorded refusal that names no column is passed on', async () => {
  const { service: other } = recordingService();
  const { exit } = await runCommand(ingestCommand, ['logs', 'a', '--skip-invalid'], {
    service: { ...other, ingest: () => Promise.reject(new RangeError('surprise')) },
    files: { a: '{"n":1}\n' },
  }).catch((error: unknown) => ({ exit: error instanceof RangeError ? 'passed on' : 'lost' }));
  expect(exit).toBe('passed on');
});
