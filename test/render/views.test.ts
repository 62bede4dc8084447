import { describe, expect, test } from 'vitest';
import { bar, sparkline } from '../../src/render/bars.js';
import { usageView, verifyView } from '../../src/render/data.js';
import { planView, queryStatsLine, schemaView, tableView } from '../../src/render/query.js';
import { capture } from './capture.js';

const column = (name: string, type: 'long' | 'string' | 'datetime') => ({ name, type, nullable: true });

describe('query views', () => {
  test('the schema is a tree', async () => {
    const schema = {
      databases: [
        {
          name: 'default',
          tables: [
            { name: 'logs', columns: [column('at', 'datetime'), column('level', 'string')] },
            { name: 'web', columns: [] },
          ],
        },
        { name: 'lab', tables: [] },
      ],
    };
    const { out, printed } = capture({ isTerminal: true });
    await out.print(schema, schemaView);
    expect(await printed()).toBe(
      'default\n├─ logs\n│  ├─ at     datetime\n│  └─ level  string\n└─ web\nlab  (no tables)\n',
    );
  });

  test('a plan shows what is left to scan, in ASCII where that is all there is', async () => {
    const plan = {
      sql: 'SELECT *\nFROM logs',
      tables: [
        { table: 'logs', extents: 40, extents_scanned: 4, bytes_to_scan: 2_048, pruned_by: ["at >= '2026-03-01'"] },
      ],
      bytes_to_scan: 2_048,
      plan: 'SCAN\n  FILTER\u001b',
    };
    const { out, printed } = capture({ isTerminal: true, unicode: false });
    await out.print(plan, planView);
    expect(await printed()).toBe(
      [
        'SQL:      SELECT *',
        '          FROM logs',
        'To scan:  2.0 KiB',
        '',
        'logs  ##------------------  4 of 40 extents, 2.0 KiB',
        "`- pruned by at >= '2026-03-01'",
        '',
        'SCAN',
        '  FILTER\\x1b',
        '',
      ].join('\n'),
    );
  });

  test('a table tells what it holds', async () => {
    const details = {
      database: 'default',
      table: 'logs',
      columns: [column('n', 'long')],
      row_count: 1_234_567,
      extent_count: 1,
      bytes: 1_048_576,
      snapshot_id: null,
      retention_days: 30,
      time_column: null,
    };
    const { out, printed } = capture({ isTerminal: true });
    await out.print(details, tableView);
    expect(await printed()).toBe(
      'Table:        default.logs\nRows:         1,234,567\nSize:         1.0 MiB in 1 extent\nTime column:  none\nRetention:    30 days\nSnapshot:     none\n\nCOLUMNS\nn  long\n',
    );
  });

  test.each([
    [{ rows: 12, bytesScanned: 3_250_586, elapsedMs: 24 }, '12 rows · 3.1 MiB scanned · 24ms'],
    [{ rows: 1, bytesScanned: 0, elapsedMs: 2_100 }, '1 row · 0 B scanned · 2.1s'],
  ])('stats of %j', (stats, line) => {
    expect(queryStatsLine(stats)).toBe(line);
  });
});

describe('data views', () => {
  const rows = [
    { area: 'query', what: 'extents', files: 1_200, bytes: 3 * 2 ** 20 },
    { area: 'all', what: 'ops.db', files: 1, bytes: 2 ** 20 },
  ];

  test('usage has shares as bars', async () => {
    const { out, printed } = capture({ isTerminal: true, width: 80 });
    await out.list(rows, usageView(rows, { unicode: false }));
    expect(await printed()).toBe(
      [
        'AREA   WHAT     FILES     SIZE  SHARE',
        'query  extents  1,200  3.0 MiB    75%  ###############-----',
        'all    ops.db       1  1.0 MiB    25%  #####---------------',
        '',
      ].join('\n'),
    );
  });

  test('verification says it in words, not by colour alone', async () => {
    const { out, printed } = capture({ format: 'table' });
    await out.list(
      [
        { subject: 'ops.db', status: 'ok', detail: '' },
        { subject: 'extent 0190', status: 'fail', detail: 'the file is gone' },
      ],
      verifyView({ unicode: true }),
    );
    expect(await printed()).toBe(
      'STATUS  SUBJECT      DETAIL\n✓ ok    ops.db\n✗ fail  extent 0190  the file is gone\n',
    );
  });
});

describe('drawn numbers', () => {
  test.each([
    [[1, 5, 9], true, '▁▅█'],
    [[0, 1, 2, 3, 4], false, '_.-=#'],
    [[3, 3], true, '▅▅'],
    [[1, Number.NaN, 2], true, '▁ █'],
    [[], true, ''],
  ])('sparkline of %j', (values, unicode, line) => {
    expect(sparkline(values, { unicode })).toBe(line);
  });

  test.each([
    [0, '----'],
    [0.001, '#---'],
    [0.5, '##--'],
    [7, '####'],
    [Number.NaN, '----'],
  ])('bar of %d', (share, text) => {
    expect(bar(share, { width: 4, unicode: false })).toBe(text);
  });
});
