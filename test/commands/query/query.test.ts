import { describe, expect, test } from 'vitest';
import { OpsError } from '../../../src/base/errors.js';
import { queryCommand } from '../../../src/commands/query/query.js';
import { recordingService, resultOf, runCommand } from './run-command.js';

describe('words become a request', () => {
  test('SQL, database and limits', async () => {
    const { service, queries } = recordingService();
    await runCommand(
      queryCommand,
      ['SELECT 1', '--db', 'shop', '--max-time', '2s', '--max-memory', '512MiB', '--max-scan', '1GiB'],
      { service },
    );
    expect(queries[0]).toMatchObject({
      database: 'shop',
      sql: 'SELECT 1',
      budget: { wallClockMs: 2_000, memoryBytes: 512 * 2 ** 20, memoryIsBound: true, scanBytes: 2 ** 30 },
    });
  });

  test('limits below the least are raised to it, and without flags the engine chooses', async () => {
    const { service, queries } = recordingService();
    await runCommand(queryCommand, ['SELECT 1', '--max-time', '1ms', '--max-memory', '1'], { service });
    await runCommand(queryCommand, ['SELECT 1'], { service });
    expect(queries.map(({ budget }) => budget)).toEqual([
      { wallClockMs: 10, memoryBytes: 2 ** 20, memoryIsBound: true },
      {},
    ]);
  });

  test('files with and without names, in their order', async () => {
    const { files, fileQueries } = recordingService();
    await runCommand(queryCommand, ['--from', 'a.ndjson', 'SELECT 1', '--from', 'b=x.csv', '--pattern', '(?<x>.)'], {
      fileQueries: files,
    });
    expect(fileQueries[0]).toMatchObject({
      files: [
        { name: 'a', path: 'a.ndjson' },
        { name: 'b', path: 'x.csv' },
      ],
      sql: 'SELECT 1',
      pattern: '(?<x>.)',
    });
  });

  test.each([
    ['the file of -f', { settings: { file: 'q.sql' }, files: { 'q.sql': 'SELECT 2' } }],
    ['stdin', { files: { '-': 'SELECT 2' } }],
    ['stdin by name', { settings: { file: '-' }, files: { '-': 'SELECT 2' } }],
  ])('the text comes from %s', async (_, world) => {
    const { service, queries } = recordingService();
    await runCommand(queryCommand, [], { service, ...world });
    expect(queries[0]?.sql).toBe('SELECT 2');
  });
});

test.each([
  ['two texts', ['SELECT 1'], { settings: { file: 'q.sql' } }],
  ['nothing to ask on a terminal nobody may be asked on', [], { stdinIsTerminal: true }],
  ['stdin as table and nothing to ask', ['--from', '-'], {}],
  ['files and a database', ['SELECT 1', '--from', 'a', '--db', 'b'], {}],
  ['a pattern without files', ['SELECT 1', '--pattern', 'x'], {}],
  ['a format without files', ['SELECT 1', '--format', 'csv'], {}],
  ['an unknown format', ['SELECT 1', '--from', 'a', '--format', 'xml'], {}],
  ['files that are followed', ['SELECT 1', '--from', 'a', '--follow'], {}],
  ['a followed plan', ['SELECT 1', '--explain', '--follow'], {}],
  ['an expectation of a followed query', ['SELECT 1', '--follow', '--expect-rows', '0'], {}],
  ['a report without a verdict', ['SELECT 1', '--report', 'md=x.md'], {}],
  ['a report of no kind', ['SELECT 1', '--expect-rows', '0', '--report', 'pdf=x.pdf'], {}],
  ['no duration', ['SELECT 1', '--max-time', '5x'], {}],
  ['no size', ['SELECT 1', '--max-memory', 'lots'], {}],
  ['no expectation', ['SELECT 1', '--expect-rows', 'some'], {}],
])('%s: exit 2, nothing asked', async (_, words, world) => {
  const { service, files, queries, fileQueries } = recordingService();
  const { exit, error } = await runCommand(queryCommand, words, { service, fileQueries: files, ...world });
  expect([exit, error?.hint === undefined, queries.length + fileQueries.length]).toEqual([2, false, 0]);
});

test('short help stands on stderr where the query is missing', async () => {
  const { said } = await runCommand(queryCommand, [], { stdinIsTerminal: true });
  expect(said.join()).toContain('usage: ops query');
});

test('--stats is told on stderr, after the rows', async () => {
  const { service } = recordingService(['{"n":1}', '{"n":2}']);
  const { stdout, said } = await runCommand(queryCommand, ['SELECT 1', '--stats'], { service });
  expect([stdout, said]).toEqual(['{"n":1}\n{"n":2}\n', ['summary: 2 rows · 2.0 KiB scanned · 12ms']]);
});

test('an error of the language keeps its place, and the result is closed', async () => {
  const at = { line: 1, column: 8 };
  const fault = new OpsError('invalid_data', 'no such column', 'look again', {
    at,
    source: 'SELECT x',
    reason: 'sql_parse_error',
  });
  const { error } = await runCommand(queryCommand, ['SELECT x'], { service: { query: () => Promise.reject(fault) } });
  expect(error).toBe(fault);
});

describe('--expect-rows', () => {
  test.each([
    ['0', [], 0],
    ['0', ['{"n":1}'], 1],
    ['=1', ['{"n":1}'], 0],
    ['>0', [], 1],
    ['<=1', ['{"n":1}', '{"n":2}'], 1],
  ])('%s over %j: exit %i', async (expectation, lines, exit) => {
    const { service, log } = recordingService(lines);
    const ran = await runCommand(queryCommand, ['SELECT 1', '--expect-rows', expectation], { service });
    expect(ran.exit).toBe(exit);
    expect(ran.stdout).toBe(lines.map((line) => `${line}\n`).join(''));
    expect(log).toEqual(['closed']);
  });

  test('a missed one says what was expected and found, in one line', async () => {
    const { service } = recordingService(['{"n":1}', '{"n":2}']);
    const { said } = await runCommand(queryCommand, ['SELECT 1', '--expect-rows', '<=1'], { service });
    expect(said).toEqual(['warn: expected at most 1 row, found 2']);
  });

  test('the verdict survives a reader that has gone', async () => {
    const { service } = recordingService(['{"n":1}', '{"n":2}', '{"n":3}']);
    const { exit, said } = await runCommand(queryCommand, ['SELECT 1', '--expect-rows', '<3'], {
      service,
      stdoutIsClosed: true,
    });
    expect([exit, said]).toEqual([1, ['warn: expected fewer than 3 rows, found 3']]);
  });

  test.each([
    ['0', '<failure'],
    ['1', '<testcase'],
  ])('reports of %s hold %s', async (expectation, text) => {
    const { service } = recordingService();
    const { written } = await runCommand(
      queryCommand,
      ['SELECT 1', '--expect-rows', expectation, '--report', 'junit=q.xml', '--report', 'md=q.md'],
      { service },
    );
    expect(Object.keys(written)).toEqual(['q.xml', 'q.md']);
    expect(written['q.xml']).toContain(text);
  });

  test('a report is written although the query failed', async () => {
    const service = { query: () => Promise.reject(new OpsError('unavailable', 'the store is gone', 'look')) };
    const { exit, written } = await runCommand(
      queryCommand,
      ['SELECT 1', '--expect-rows', '0', '--report', 'junit=q.xml'],
      { service },
    );
    expect(exit).toBe(6);
    expect(written['q.xml']).toContain('<error');
  });

  /** Files in a folder that does not exist cannot be written, nor can a summary. */
  const partlyWritable = (written: Record<string, string>) => async () => {
    const missing = () => Promise.reject(new OpsError('not_found', 'file "no/r" not found', 'check the path'));
    return {
      append: missing,
      create: async (path: string) =>
        path.startsWith('no/')
          ? missing()
          : {
              write: async (bytes: Uint8Array) => {
                written[path] = new TextDecoder().decode(bytes);
              },
              commit: async () => undefined,
              discard: async () => undefined,
            },
    };
  };
  const reports = [
    '--report',
    'json=a.json',
    '--report',
    'junit=no/r.xml',
    '--report',
    'github',
    '--report',
    'md=b.md',
  ];

  test.each([
    ['0', 1, 'fail'],
    ['1', 0, 'pass'],
  ])('a report that cannot be written changes neither the verdict of %s nor the others', async (rows, exit, status) => {
    const written: Record<string, string> = {};
    const { service } = recordingService();
    const ran = await runCommand(queryCommand, ['SELECT 1', '--expect-rows', rows, ...reports], {
      service,
      env: { GITHUB_STEP_SUMMARY: 'no/summary.md' },
      other: Object({ files: partlyWritable(written) }),
    });
    expect([ran.exit, ran.error, Object.keys(written)]).toEqual([exit, undefined, ['a.json', 'b.md']]);
    expect(JSON.parse(written['a.json'] ?? '').suites[0].cases[0].status).toBe(status);
    expect(ran.said.filter((line) => line.includes('--report'))).toEqual([
      'warn: --report junit: "no/r.xml" could not be written: there is no folder "no"',
      'warn: --report github: "no/summary.md" could not be written: there is no folder "no"',
    ]);
  });

  test('nor does it replace the error of the query', async () => {
    const service = { query: () => Promise.reject(new OpsError('unavailable', 'the store is gone', 'look')) };
    const ran = await runCommand(queryCommand, ['SELECT 1', '--expect-rows', '0', ...reports], {
      service,
      other: Object({ files: partlyWritable({}) }),
    });
    expect(ran.error).toMatchObject({ code: 'unavailable', message: 'the store is gone' });
  });

  test('GitHub gets an annotation on stderr and a summary', async () => {
    const { service } = recordingService();
    const { said, written } = await runCommand(queryCommand, ['SELECT 1', '--expect-rows', '0', '--report', 'auto'], {
      service,
      env: { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: 'summary.md' },
    });
    expect(said.some((line) => line.startsWith('raw: ::error title=SELECT 1::'))).toBe(true);
    expect(written['summary.md']).toContain('SELECT 1');
  });
});

describe('--follow', () => {
  test('goes on until interrupted and says how many rows it showed', async () => {
    const controller = new AbortController();
    const service = {
      async *follow() {
        yield resultOf(['{"n":1}']);
        yield resultOf([]);
        controller.abort(new OpsError('interrupted', 'interrupted', 'run it again'));
        yield resultOf(['{"n":2}', '{"n":3}']);
        yield resultOf(['{"n":4}']);
      },
    };
    const { stdout, said } = await runCommand(queryCommand, ['SELECT 1', '--follow'], { service, controller });
    expect(stdout).toBe('{"n":1}\n{"n":2}\n{"n":3}\n');
    expect(said).toEqual(['summary: 3 rows followed (0ms)']);
  });

  test('a deadline is an error, since the rows of later were not awaited', async () => {
    const controller = new AbortController();
    const service = {
      async *follow() {
        yield resultOf(['{"n":1}']);
        await new Promise((resolve) => setImmediate(resolve)); // the row leaves
        controller.abort(new OpsError('timeout', 'too long', 'allow more'));
      },
    };
    const ran = await runCommand(queryCommand, ['SELECT 1', '--follow'], { service, controller });
    expect([ran.exit, ran.stdout, ran.said]).toEqual([7, '{"n":1}\n', ['summary: 1 row followed (0ms)']]);
  });

  test('ends when the reader has gone', async () => {
    let asked = 0;
    const service = {
      async *follow() {
        for (;;) {
          asked++;
          if (asked > 100) throw new RangeError('nobody stopped it');
          await new Promise((resolve) => setImmediate(resolve)); // as a store that is asked again and again
          yield resultOf(['{"n":1}']);
        }
      },
    };
    const { exit } = await runCommand(queryCommand, ['SELECT 1', '--follow'], { service, stdoutIsClosed: true });
    expect(exit).toBe(0);
  });
});
