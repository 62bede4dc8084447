import { describe, expect, test } from 'vitest';
import { OpsError } from '../../../src/base/errors.js';
import { ingestCommand } from '../../../src/commands/query/ingest.js';
import { recordingService, runCommand } from './run-command.js';

const rows = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, index) => `{"n":${from + index}}\n`).join('');

describe('chunks', () => {
  test('are numbered through all files and sent with their scan', async () => {
    const { service, ingests } = recordingService();
    const { stdout } = await runCommand(ingestCommand, ['logs', 'a', 'b', '--idempotency-key', 'K'], {
      service,
      files: { a: rows(1, 60_000), b: rows(1, 10) },
    });
    expect(ingests.map(({ idempotencyKey, rows: count, firstLine }) => [idempotencyKey, count, firstLine])).toEqual([
      ['K#1', 50_000, 1],
      ['K#2', 10_000, 50_001],
      ['K#3', 10, 1],
    ]);
    expect(JSON.parse(stdout)).toEqual({ rows_ingested: 60_010, bytes_written: 30, chunks: 3, replayed: false });
  });

  test('go out in order and at most eight at once', async () => {
    let flying = 0;
    let most = 0;
    const order: number[] = [];
    const service = {
      ingest: async ({ firstLine = 0 }) => {
        order.push(firstLine);
        flying++;
        most = Math.max(most, flying);
        await new Promise((resolve) => setImmediate(resolve));
        flying--;
        return { snapshot_id: '', extent_count: 1, rows_ingested: 1, bytes_written: 1, replayed: false };
      },
    };
    await runCommand(ingestCommand, ['logs', 'a'], { service, files: { a: rows(1, 600_001) } });
    expect(order).toEqual([...order].sort((x, y) => x - y));
    expect([order.length, most]).toEqual([13, 8]);
  });

  test('all stored before: replayed', async () => {
    const ack = { snapshot_id: '', extent_count: 1, rows_ingested: 2, bytes_written: 5, replayed: true };
    const { stdout, said } = await runCommand(ingestCommand, ['logs', 'a', '--idempotency-key', 'K'], {
      service: { ingest: async () => ack },
      files: { a: rows(1, 2) },
    });
    expect(JSON.parse(stdout)).toMatchObject({ rows_ingested: 2, replayed: true });
    expect(said[0]).toContain('stored before');
  });
});

test.each([
  ['logs', undefined, { database: 'default', table: 'logs', autoCreate: true, evolve: true }],
  ['shop.orders', ['--no-create'], { database: 'shop', table: 'orders', autoCreate: false }],
  ['logs', ['--db', 'shop', '--no-evolve'], { database: 'shop', table: 'logs', evolve: false }],
])('%s %j is sent as %j', async (table, flags, wanted) => {
  const { service, ingests } = recordingService();
  await runCommand(ingestCommand, [table, 'a', ...(flags ?? [])], { service, files: { a: rows(1, 1) } });
  expect(ingests[0]).toMatchObject(wanted);
});

describe('a bad line', () => {
  const text = `${rows(1, 50_000)}{"n":1}\n{"n":}\n`;

  test('ends the work: file, line, column and what is stored', async () => {
    const { service } = recordingService();
    const { exit, error, stdout } = await runCommand(ingestCommand, ['logs', 'app.ndjson'], {
      service,
      files: { 'app.ndjson': text },
    });
    expect([exit, stdout]).toEqual([9, '']);
    expect(error?.message).toMatch(/^app\.ndjson: line 50002, column 6: .*; 50,000 rows committed so far$/);
  });

  test('of a later file is counted from its own first line', async () => {
    const { service } = recordingService();
    const { error } = await runCommand(ingestCommand, ['logs', 'a', 'b'], {
      service,
      files: { a: rows(1, 3), b: '{"n":1}\nnonsense\n' },
    });
    expect(error?.message).toMatch(/^b: line 2, column 1: .*; 3 rows committed so far$/);
  });

  test('is left out and kept with --skip-invalid --rejects', async () => {
    const { service, ingests } = recordingService();
    const { exit, said, written } = await runCommand(
      ingestCommand,
      ['logs', 'a', '--skip-invalid', '--rejects', 'bad.ndjson'],
      { service, files: { a: '{"n":1}\nnonsense\n{"n":2}\n{"n":\n' } },
    );
    expect(exit).toBe(0);
    expect(ingests.map((one) => one.rows)).toEqual([2]);
    expect(written['bad.ndjson']).toBe('nonsense\n{"n":\n');
    expect(said).toContain('warn: 2 lines skipped, kept in bad.ndjson');
  });

  test('rejects never overwrite, and are found out before the work', async () => {
    const { service, ingests } = recordingService();
    const { exit } = await runCommand(ingestCommand, ['logs', 'a', '--skip-invalid', '--rejects', 'bad'], {
      service,
      files: { a: rows(1, 1), bad: 'precious' },
    });
    expect([exit, ingests.length]).toEqual([5, 0]);
  });
});

test('a chunk that is refused names its file and stops the rest', async () => {
  let sent = 0;
  const service = {
    ingest: () => {
      sent++;
      return Promise.reject(
        new OpsError('invalid_data', 'line 7: not a number', 'correct it', { at: { line: 7, column: 1 } }),
      );
    },
  };
  const { error } = await runCommand(ingestCommand, ['logs', 'a'], { service, files: { a: rows(1, 900_000) } });
  expect(error?.message).toBe('a: line 7: not a number; 0 rows committed so far');
  expect(sent).toBeLessThan(10);
});

test('an interruption waits for what is on its way and says what is stored', async () => {
  const controller = new AbortController();
  const service = {
    ingest: async () => {
      controller.abort(new OpsError('interrupted', 'interrupted', 'run it again'));
      return { snapshot_id: '', extent_count: 1, rows_ingested: 50_000, bytes_written: 1, replayed: false };
    },
  };
  const { exit, error } = await runCommand(ingestCommand, ['logs', 'a'], {
    service,
    controller,
    files: { a: rows(1, 200_000) },
  });
  expect(exit).toBe(130);
  expect(error?.message).toMatch(/^interrupted; \d+,000 rows committed so far$/);
  expect(error?.hint).toContain('--idempotency-key');
});

describe('formats', () => {
  test.each([
    ['a.csv', [], 'csv'],
    ['a.logfmt', [], 'logfmt'],
    ['app.log', [], 'text'],
    ['-', ['--format', 'tsv'], 'tsv'],
  ])('%s %j is read by the engine as %s', async (path, flags, format) => {
    const { service, files, ingests, fileQueries } = recordingService(['{"n":1}', '{"n":2}']);
    await runCommand(ingestCommand, ['logs', path, ...flags], {
      service,
      fileQueries: files,
      files: { [path]: 'plain words\n' },
    });
    expect(fileQueries[0]?.files[0]?.format).toBe(format);
    expect(ingests.map((one) => one.text)).toEqual(['{"n":1}\n{"n":2}\n']);
  });

  test.each([
    ['audit.log', '{"n":1}\n'],
    ['one.json', '{"n":1}\n'],
    ['-', '{"n":1}\n'],
  ])('%s with one object per line goes straight in', async (path, text) => {
    const { service, files, ingests, fileQueries } = recordingService();
    await runCommand(ingestCommand, ['logs', path], { service, fileQueries: files, files: { [path]: text } });
    expect([ingests.map((one) => one.text), fileQueries.length]).toEqual([[text], 0]);
  });
});

test.each([
  ['stdin is a terminal', ['logs'], { stdinIsTerminal: true }],
  ['rejects without skipping', ['logs', 'a', '--rejects', 'b'], {}],
  ['no table', ['a.b.c', 'a'], {}],
])('%s: exit 2', async (_, words, world) => {
  expect((await runCommand(ingestCommand, words, { files: { a: '' }, ...world })).exit).toBe(2);
});

test('a dry run checks everything and sends nothing', async () => {
  const { service, ingests } = recordingService();
  const { stdout, said } = await runCommand(ingestCommand, ['logs', 'a'], {
    service,
    settings: { dryRun: true },
    files: { a: rows(1, 5) },
  });
  expect([ingests.length, JSON.parse(stdout).rows_ingested]).toEqual([0, 5]);
  expect(said[0]).toContain('dry run: 5 rows would go into default.logs');
});

test('an empty input is no rows, not an error', async () => {
  const { service } = recordingService();
  const { exit, stdout } = await runCommand(ingestCommand, ['logs', 'a'], { service, files: { a: '\n\n' } });
  expect([exit, JSON.parse(stdout)]).toEqual([0, { rows_ingested: 0, bytes_written: 0, chunks: 0, replayed: false }]);
});
