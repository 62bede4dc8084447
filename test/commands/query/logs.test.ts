import { describe, expect, test } from 'vitest';
import { OpsError } from '../../../src/base/errors.js';
import { logsCleanupCommand } from '../../../src/commands/query/logs-cleanup.js';
import { logsCompactCommand } from '../../../src/commands/query/logs-compact.js';
import { logsSchemaCommand } from '../../../src/commands/query/logs-schema.js';
import { logsTableCreateCommand } from '../../../src/commands/query/logs-table-create.js';
import { logsTableGetCommand } from '../../../src/commands/query/logs-table-get.js';
import { logsTableUpdateCommand } from '../../../src/commands/query/logs-table-update.js';
import { logsTailCommand } from '../../../src/commands/query/logs-tail.js';
import type { QueryService, TableDetails, TableSpec } from '../../../src/core/query/index.js';
import { recordingService, runCommand } from './run-command.js';

const details: TableDetails = {
  database: 'shop',
  table: 'orders',
  columns: [{ name: 'at', type: 'datetime', nullable: true }],
  row_count: 1_234,
  extent_count: 3,
  bytes: 4_096,
  snapshot_id: 's',
  retention_days: 7,
  time_column: 'at',
};

/** A service that records what it was told to change. */
const bookkeeper = (changes: Partial<TableDetails> = {}) => {
  const calls: unknown[][] = [];
  const service: Partial<QueryService> = {
    describe: async (...words) => {
      calls.push(['describe', ...words]);
      return { ...details, ...changes };
    },
    provision: async (database: string, table: string, spec?: TableSpec) => {
      calls.push(['provision', database, table, spec]);
      return { database, table, created: true, columns: [] };
    },
    cleanup: async (...words) => {
      calls.push(['cleanup', ...words]);
      return { extents_deleted: 2, rows_freed: 10, bytes_freed: 100 };
    },
    compact: async (...words) => {
      calls.push(['compact', ...words]);
      return { extents_before: 3, extents_after: 1, rows: 5, bytes_before: 9, bytes_after: 3, snapshot_id: 's' };
    },
    schema: async () => ({ databases: [{ name: 'default', tables: [] }] }),
  };
  return { service, calls };
};

test('logs schema prints the catalogue as the route does', async () => {
  const { stdout } = await runCommand(logsSchemaCommand, [], bookkeeper());
  expect(JSON.parse(stdout)).toEqual({ databases: [{ name: 'default', tables: [] }] });
});

describe('logs table', () => {
  test.each([
    [['t'], 'default', 't', {}],
    [
      ['shop.t', '--column', 'a:long', '--column', 'b:c:string', '--retention-days', '30', '--time-column', 'at'],
      'shop',
      't',
      {
        columns: [
          { name: 'a', type: 'long' },
          { name: 'b:c', type: 'string' },
        ],
        retention_days: 30,
        time_column: 'at',
      },
    ],
  ])('create %j', async (words, database, table, spec) => {
    const { service, calls } = bookkeeper();
    await runCommand(logsTableCreateCommand, words, { service });
    expect(calls).toEqual([['provision', database, table, spec]]);
  });

  test('create takes a body, which flags override', async () => {
    const { service, calls } = bookkeeper();
    await runCommand(logsTableCreateCommand, ['t', '--retention-days', 'none'], {
      service,
      settings: { file: 'body.json' },
      files: { 'body.json': '{"retention_days":3,"time_column":"at"}' },
    });
    expect(calls[0]?.[3]).toEqual({ retention_days: null, time_column: 'at' });
  });

  test.each([
    ['not JSON', '{', 9],
    ['unknown keys', '{"colums":[]}', 9],
  ])('create refuses a body with %s', async (_, text, exit) => {
    const world = { settings: { file: 'b' }, files: { b: text }, ...bookkeeper() };
    const ran = await runCommand(logsTableCreateCommand, ['t'], world);
    expect([ran.exit, ran.error?.message.startsWith('b')]).toEqual([exit, true]);
  });

  test.each([
    ['--column', 'a'],
    ['--column', 'a:text'],
    ['--column', ':long'],
    ['--retention-days', '0'],
    ['--retention-days', '1.5'],
    ['--retention-days', 'ever'],
  ])('create refuses %s %s', async (...flags) => {
    const { service, calls } = bookkeeper();
    expect((await runCommand(logsTableCreateCommand, ['t', ...flags], { service })).exit).toBe(2);
    expect(calls).toEqual([]);
  });

  test('update changes the retention and nothing else', async () => {
    const { service, calls } = bookkeeper();
    const { said } = await runCommand(logsTableUpdateCommand, ['shop.orders', '--retention-days', 'none'], { service });
    const provisioned = calls.find(([what]) => what === 'provision');
    expect(provisioned?.[3]).toEqual({ retention_days: null });
    expect(said[0]).toBe('note: shop.orders keeps its rows for ever, before: for 7 days');
  });

  test('update of a table that is not there creates none', async () => {
    const { service, calls } = bookkeeper();
    const describeTable = () => Promise.reject(new OpsError('not_found', 'no table', 'look'));
    const world = { service: { ...service, describe: describeTable } };
    expect((await runCommand(logsTableUpdateCommand, ['t', '--retention-days', '3'], world)).exit).toBe(3);
    expect(calls).toEqual([]);
  });

  test('get prints the table', async () => {
    const { service, calls } = bookkeeper();
    const { stdout } = await runCommand(logsTableGetCommand, ['shop.orders'], { service });
    expect([JSON.parse(stdout), calls]).toEqual([details, [['describe', 'shop', 'orders']]]);
  });
});

describe('logs cleanup', () => {
  const words = ['shop.orders', '--before', '1h'];

  test('asks first, naming table, count and consequence', async () => {
    const { service, calls } = bookkeeper();
    const { asked } = await runCommand(logsCleanupCommand, words, { service });
    expect(asked[0]).toMatch(/shop\.orders.*before 2026-03-01T11:00:00.000Z.*cannot be brought back.*1,234 rows/);
    expect(calls.at(-1)).toEqual(['cleanup', 'shop', 'orders', new Date('2026-03-01T11:00:00Z')]);
  });

  test.each([
    ['No is taken for no', { answer: false }, 12],
    ['a dry run deletes nothing', { settings: { dryRun: true } }, 0],
  ])('%s', async (_, world, exit) => {
    const { service, calls } = bookkeeper();
    expect((await runCommand(logsCleanupCommand, words, { service, ...world })).exit).toBe(exit);
    expect(calls.some(([what]) => what === 'cleanup')).toBe(false);
  });
});

test.each([
  ['merges', {}, true],
  ['merges nothing in a dry run', { settings: { dryRun: true } }, false],
])('logs compact %s', async (_, world, merged) => {
  const { service, calls } = bookkeeper();
  await runCommand(logsCompactCommand, ['shop.orders'], { service, ...world });
  expect(calls.some(([what]) => what === 'compact')).toBe(merged);
});

test.each<[string, Parameters<typeof runCommand>[0], readonly string[]]>([
  ['logs cleanup', logsCleanupCommand, ['ops.x', '--before', 'now']],
  ['logs compact', logsCompactCommand, ['ops.x']],
  ['logs table update', logsTableUpdateCommand, ['ops.x', '--retention-days', '3']],
  ['logs table create', logsTableCreateCommand, ['ops.x']],
])('%s of the reserved database is forbidden, whether the table exists or not', async (_, command, words) => {
  const { service, calls } = bookkeeper();
  for (const dryRun of [false, true])
    expect((await runCommand(command, words, { service, settings: { dryRun } })).exit).toBe(4);
  expect(calls).toEqual([]);
});

describe('logs tail', () => {
  const tail = async (
    words: readonly string[],
    changes: Partial<TableDetails> = {},
    { lines = ['{"n":1}'], limit }: { readonly lines?: readonly string[]; readonly limit?: number } = {},
  ) => {
    const asked = recordingService(lines);
    const { service } = bookkeeper({ database: 'default', table: 'orders', ...changes });
    const ran = await runCommand(logsTailCommand, words, {
      service: { ...service, ...asked.service },
      ...(limit !== undefined && { limit }),
    });
    return { ...ran, ...asked };
  };

  test('the newest hundred by the time column, newest last', async () => {
    const { queries } = await tail(['orders']);
    expect(queries[0]?.sql).toBe(
      'SELECT * EXCLUDE (" position") FROM (SELECT * FROM (SELECT *, row_number() OVER () AS " position" FROM "orders") ' +
        'ORDER BY "at" DESC NULLS LAST, " position" DESC LIMIT 100) ORDER BY "at" ASC NULLS FIRST, " position" ASC',
    );
  });

  test('without a time column the rows stored last', async () => {
    const { queries } = await tail(['orders'], { time_column: null });
    expect(queries[0]?.sql).toContain('ORDER BY " position" DESC LIMIT 100');
  });

  test('--since takes all rows of that time, --where stays a condition of its own', async () => {
    const { queries } = await tail(['orders', '--since', '10m', '--where', 'n = 1 -- or not']);
    const sql = queries[0]?.sql ?? '';
    expect(sql).toContain(`WHERE "at" >= TIMESTAMPTZ '2026-03-01T11:50:00.000Z' AND (n = 1 -- or not\n)`);
    expect(sql).not.toContain('LIMIT');
  });

  test('--since without a time column is exit 2 and says what to do', async () => {
    const { exit, error, queries } = await tail(['orders', '--since', '10m'], { time_column: null });
    expect([exit, queries.length, error?.hint?.includes('--rows')]).toEqual([2, 0, true]);
  });

  test('--follow shows the tail first and then what is ingested', async () => {
    const { follows } = await tail(['shop.orders', '--follow', '--rows', '5']);
    expect(follows[0]).toMatchObject({ database: 'shop', sql: 'SELECT * FROM "orders"' });
    expect(follows[0]?.first).toContain('LIMIT 5');
  });

  test('a cut that nobody asked for is announced', async () => {
    const lines = Array.from({ length: 100 }, (_, n) => `{"n":${n}}`);
    expect((await tail(['orders'], {}, { lines })).said[0]).toContain('the newest 100 rows of 1,234');
    expect((await tail(['orders', '--rows', '100'], {}, { lines })).said).toEqual([]);
    expect((await tail(['orders'], {}, { lines, limit: 100 })).said).toEqual([]);
  });

  test.each<[string, readonly string[], number, number | undefined]>([
    ['cuts the old end', [], 5, 5],
    ['also of what --since takes', ['--since', '10m'], 5, 5],
    ['and --rows: the smaller holds', ['--rows', '3'], 5, 3],
    ['and --rows 0: all, up to it', ['--rows', '0'], 5, 5],
    ['0 means all', [], 0, undefined],
  ])('--limit %s', async (_, words, limit, rows) => {
    const { queries } = await tail(['orders', ...words], {}, { limit });
    expect(/LIMIT (\d+)/.exec(queries[0]?.sql ?? '')?.[1]).toBe(rows === undefined ? undefined : String(rows));
    expect(queries[0]?.newestRows).toBe(rows);
  });

  test('a condition may hold for old rows only: then no row is promised not to matter', async () => {
    expect((await tail(['orders', '--where', 'n = 1'])).queries[0]).not.toHaveProperty('newestRows');
  });

  test('--follow promises the same of its first rows', async () => {
    expect((await tail(['orders', '--follow', '--rows', '5'])).follows[0]?.newestRows).toBe(5);
  });

  test('a word and a --db that name two databases are exit 2', async () => {
    const { exit, error, queries } = await tail(['shop.orders', '--db', 'web']);
    expect([exit, queries.length, error?.message]).toEqual([
      2,
      0,
      '"shop.orders" is in database "shop", and --db says "web"',
    ]);
  });

  test.each([['-1'], ['many'], ['1.5']])('--rows %s is exit 2', async (rows) => {
    expect((await tail(['orders', `--rows=${rows}`])).exit).toBe(2);
  });
});
