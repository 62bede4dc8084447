import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { IngestRequest, QueryRequest, QueryService } from '../../src/core/query/index.js';

export interface OpenedService {
  readonly service: QueryService;
  close(): Promise<void>;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/**
 * What every QueryService promises, whatever stands behind it. `open` gives one on an empty store. A server lets go of
 * what a small answer was read from as soon as the answer has left it: then `answersAtOnce`.
 */
export const queryServiceContract = (
  open: () => Promise<OpenedService>,
  { answersAtOnce = false }: { readonly answersAtOnce?: boolean } = {},
): void => {
  let opened: OpenedService;
  let service: QueryService;
  beforeEach(async () => {
    opened = await open();
    service = opened.service;
  });
  afterEach(() => opened.close());

  const ingest = (lines: string, rest: Partial<IngestRequest> = {}) =>
    service.ingest({ database: 'default', table: 'logs', body: bytes(lines), ...rest });

  const text = async (sql: string, rest: Partial<QueryRequest> = {}): Promise<string> => {
    const result = await service.query({ database: 'default', sql, ...rest });
    try {
      const parts: Uint8Array[] = [];
      for await (const part of result.ndjson()) parts.push(part);
      return Buffer.concat(parts).toString();
    } finally {
      await result.close();
    }
  };

  const failure = async (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => 'no failure',
      (error) => error,
    );

  const columns = async (): Promise<string[]> =>
    (await service.describe('default', 'logs')).columns.map(({ name, type }) => `${name} ${type}`);

  describe('rows in, rows out', () => {
    test('in the order of their ingest, with every value as it was', async () => {
      const line =
        '{"at":"2026-11-21T12:00:00.12Z","n":9223372036854775807,"f":1.5,"b":true,"s":"é \\" \\\\","d":{"k":[1,null,"x"],"big":12345678901234567890123},"z":null}';
      await ingest(`${line}\n`);
      await ingest('{"n":-1}\n{"n":0}\n');
      expect(await text('SELECT * FROM logs')).toBe(
        `${line.replace(',"z":null', '')}\n` +
          '{"at":null,"n":-1,"f":null,"b":null,"s":null,"d":null}\n' +
          '{"at":null,"n":0,"f":null,"b":null,"s":null,"d":null}\n',
      );
    });

    test('a next query sees what was acknowledged, a running one does not', async () => {
      await ingest('{"n":1}\n');
      const running = await service.query({ database: 'default', sql: 'SELECT n FROM logs' });
      await ingest('{"n":2}\n');
      let seen = '';
      for await (const part of running.ndjson()) seen += new TextDecoder().decode(part);
      await running.close();
      expect(seen).toBe('{"n":1}\n');
      expect(await text('SELECT n FROM logs')).toBe('{"n":1}\n{"n":2}\n');
    });

    test('types widen and old rows are read as the new type', async () => {
      await ingest('{"v":1,"w":true,"t":"2026-11-21T12:00:00Z"}\n');
      await ingest('{"v":2.5,"w":"x","t":"not a time"}\n');
      await ingest('{"v":{"a":1}}\n');
      expect(await columns()).toEqual(['v dynamic', 'w string', 't string']);
      expect(await text('SELECT * FROM logs')).toBe(
        '{"v":1,"w":"true","t":"2026-11-21T12:00:00Z"}\n{"v":2.5,"w":"x","t":"not a time"}\n{"v":{"a":1},"w":null,"t":null}\n',
      );
    });

    test('integers beyond 2^53 never become reals', async () => {
      await ingest('{"v":9007199254740993}\n');
      await ingest('{"v":0.5}\n');
      expect(await columns()).toEqual(['v string']);
      expect(await text('SELECT v FROM logs')).toBe('{"v":"9007199254740993"}\n{"v":"0.5"}\n');
    });

    test('a column of times takes epochs of any size', async () => {
      await ingest('{"timestamp":1795262400}\n{"timestamp":1795262400123}\n');
      expect(await text('SELECT * FROM logs')).toBe(
        '{"timestamp":"2026-11-21T12:00:00Z"}\n{"timestamp":"2026-11-21T12:00:00.123Z"}\n',
      );
    });

    test('a repeated key keeps its last value, keys that differ in case are one column', async () => {
      await ingest('{"a":1,"a":2}\n{"A":3}\n');
      expect(await text('SELECT * FROM logs')).toBe('{"a":2}\n{"a":3}\n');
    });
  });

  describe('one answer, whatever the extents', () => {
    const many = async (): Promise<void> => {
      for (let n = 0; n < 12; n++) await ingest(`{"at":"2026-11-${10 + n}T00:00:00Z","n":${n},"s":"v${n % 3}"}\n`);
      await ingest('{"n":"twelve"}\n');
    };
    const questions = [
      'SELECT * FROM logs',
      "SELECT n FROM logs WHERE at >= '2026-11-15T00:00:00Z' AND at < '2026-11-18T00:00:00Z'",
      "SELECT s, count(*) AS c FROM logs WHERE s = 'v1' GROUP BY s",
      "SELECT count(*) AS c FROM logs WHERE at > '2030-01-01T00:00:00Z'",
      'SELECT a.n FROM logs a JOIN logs b ON a.at = b.at ORDER BY a.at',
      "SELECT count(*) AS c FROM logs WHERE at IS NULL OR at = '2026-11-12T00:00:00Z'",
    ];

    test('compaction changes no answer and leaves one extent', async () => {
      await many();
      const before = await Promise.all(questions.map((sql) => text(sql)));
      const result = await service.compact('default', 'logs');
      expect(result).toMatchObject({ extents_before: 13, extents_after: 1, rows: 13 });
      expect(await Promise.all(questions.map((sql) => text(sql)))).toEqual(before);
      expect(await service.compact('default', 'logs')).toMatchObject({ extents_before: 1, extents_after: 1 });
    });

    test('a comparison with the time column reads only what can match', async () => {
      await many();
      const plan = await service.explain({ database: 'default', sql: questions[1] ?? '' });
      expect(plan.tables).toMatchObject([{ table: 'logs', extents: 13, extents_scanned: 3 }]);
      expect(JSON.stringify(plan)).not.toContain('parquet');
    });

    test('cleanup removes what compaction has replaced, and nothing a reader holds', async () => {
      await many();
      const reader = await service.query({ database: 'default', sql: 'SELECT count(*) AS c FROM logs' });
      await service.compact('default', 'logs');
      const later = new Date('2100-01-01T00:00:00Z');
      if (!answersAtOnce) expect(await service.cleanup('default', 'logs', later)).toMatchObject({ extents_deleted: 0 });
      let seen = '';
      for await (const part of reader.ndjson()) seen += new TextDecoder().decode(part);
      await reader.close();
      expect(seen).toBe('{"c":13}\n');
      expect(await service.cleanup('default', 'logs', later)).toMatchObject({ extents_deleted: 13, rows_freed: 13 });
      expect(await service.cleanup('default', 'logs', later)).toEqual({
        extents_deleted: 0,
        rows_freed: 0,
        bytes_freed: 0,
      });
      expect(await text('SELECT count(*) AS c FROM logs')).toBe('{"c":13}\n');
    });
  });

  test.each([
    [
      'of the engine',
      "SELECT range AS n, CASE WHEN range = 900000 THEN error('boom') ELSE 'x' END AS e FROM range(1000000)",
    ],
    ['of a cast', "SELECT CAST(CASE WHEN range = 900000 THEN 'boom' ELSE '1' END AS BIGINT) AS n FROM range(1000000)"],
  ])('a failure %s in the middle of many rows is told, not taken for the end', async (_, sql) => {
    await ingest('{"n":1}\n');
    const failed = await failure(text(sql));
    expect(failed).toMatchObject({ code: 'invalid_data', reason: 'query_execution_error' });
    expect(String(failed)).toContain('boom');
  });

  describe('provisioning', () => {
    test('without columns makes the documented four; again changes nothing', async () => {
      const first = await service.provision('default', 'logs');
      expect(first).toEqual({
        database: 'default',
        table: 'logs',
        created: true,
        columns: [
          { name: 'at', type: 'datetime', nullable: true },
          { name: 'label', type: 'string', nullable: true },
          { name: 'body', type: 'string', nullable: true },
          { name: 'props', type: 'dynamic', nullable: true },
        ],
      });
      expect(await service.provision('default', 'logs')).toEqual({ ...first, created: false });
      expect(await text('SELECT count(*) AS c FROM logs')).toBe('{"c":0}\n');
    });

    test('adds missing columns, refuses another type', async () => {
      await service.provision('default', 'logs', { columns: [{ name: 'n', type: 'int' }] });
      await service.provision('default', 'logs', {
        columns: [
          { name: 'n', type: 'int' },
          { name: 'm', type: 'bool' },
        ],
        retention_days: 7,
      });
      expect(await columns()).toEqual(['n int', 'm bool']);
      expect(await service.describe('default', 'logs')).toMatchObject({
        retention_days: 7,
        row_count: 0,
        extent_count: 0,
      });
      expect(
        await failure(service.provision('default', 'logs', { columns: [{ name: 'n', type: 'string' }] })),
      ).toMatchObject({
        code: 'invalid_data',
        reason: 'bad_request',
      });
    });

    test('a declared column takes what fits and refuses the rest, whole', async () => {
      await service.provision('default', 'logs', { columns: [{ name: 'n', type: 'int' }] });
      await ingest('{"n":2147483647}\n');
      for (const value of ['2147483648', '1.5', '"x"', 'true', '{}']) {
        expect(await failure(ingest(`{"n":1}\n{"n":${value}}\n`))).toMatchObject({
          code: 'invalid_data',
          reason: 'bad_request_body',
          message: expect.stringContaining('line 2'),
        });
      }
      expect(await text('SELECT n FROM logs')).toBe('{"n":2147483647}\n');
    });
  });

  describe('what is refused', () => {
    test.each([
      ['an unknown database', { database: 'nowhere', sql: 'SELECT 1' }, 'database_not_found', 'not_found'],
      ['an empty database, also for SELECT 1', { database: 'default', sql: 'SELECT 1' }, 'database_empty', 'not_found'],
    ])('%s', async (_, request, reason, code) => {
      expect(await failure(service.query(request))).toMatchObject({ reason, code });
    });

    test.each([
      ['no statement', '  ', 'empty_query', 'invalid_data'],
      ['a syntax error', 'SELEC 1', 'sql_parse_error', 'invalid_data'],
      ['an unknown table', 'SELECT * FROM log', 'sql_parse_error', 'invalid_data'],
      ['an unknown column', 'SELECT m FROM logs', 'sql_parse_error', 'invalid_data'],
      ['an unknown function', 'SELECT nope(n) FROM logs', 'sql_parse_error', 'invalid_data'],
      ['two statements', 'SELECT 1; SELECT 2', 'sql_parse_error', 'invalid_data'],
      ['a write', 'DELETE FROM logs', 'sql_parse_error', 'invalid_data'],
      [
        'a failed cast',
        "SELECT CAST(s AS INT) FROM (SELECT 'x' || n AS s FROM logs)",
        'query_execution_error',
        'invalid_data',
      ],
    ])('%s', async (_, sql, reason, code) => {
      await ingest('{"n":1}\n');
      expect(await failure(text(sql))).toMatchObject({ reason, code });
    });

    test.each([
      ['describe', () => service.describe('default', 'nope')],
      ['cleanup', () => service.cleanup('default', 'nope', new Date())],
      ['compact', () => service.compact('default', 'nope')],
    ])('%s of a table that does not exist', async (_, work) => {
      expect(await failure(work())).toMatchObject({ code: 'not_found', reason: 'table_not_found' });
    });
  });

  describe('budgets', () => {
    test('time: the query ends and says what its limit was', async () => {
      await ingest('{"n":1}\n');
      const slow = 'SELECT count(*) FROM range(100000000) a, range(100000000) b, logs';
      expect(await failure(text(slow, { budget: { wallClockMs: 50 } }))).toMatchObject({
        code: 'limit_exceeded',
        reason: 'wall_clock_exceeded',
        details: { limit: 50, unit: 'wall_clock_ms' },
      });
    });

    test('memory: what does not fit fails', async () => {
      await ingest('{"n":1}\n');
      const wide = "SELECT list(repeat('x', 1000) || i) AS l FROM range(1000000) t(i), logs";
      const budget = { memoryBytes: 32 * 2 ** 20, memoryIsBound: true };
      expect(await failure(text(wide, { budget }))).toMatchObject({
        code: 'limit_exceeded',
        reason: 'memory_exceeded',
        details: { limit: 32 * 2 ** 20, unit: 'memory' },
      });
    });

    test('bytes: the scan is refused before it starts', async () => {
      await ingest('{"n":1}\n');
      expect(await failure(text('SELECT * FROM logs', { budget: { scanBytes: 1 } }))).toMatchObject({
        code: 'limit_exceeded',
        reason: 'object_store_exceeded',
      });
      expect(await text('SELECT 1 AS a', { budget: { scanBytes: 1 } })).toBe('{"a":1}\n');
    });

    test('a cancelled query ends with the reason of its signal', async () => {
      await ingest('{"n":1}\n');
      const controller = new AbortController();
      const running = failure(
        text('SELECT count(*) FROM range(100000000) a, range(100000000) b, logs', { signal: controller.signal }),
      );
      const reason = new RangeError('enough');
      controller.abort(reason);
      expect(await running).toBe(reason);
    });
  });

  test('follow shows the rows of now, then each later ingest once, also across a compaction', async () => {
    await ingest('{"n":1}\n');
    const controller = new AbortController();
    const request = { database: 'default', sql: 'SELECT n FROM logs WHERE n <> 3', signal: controller.signal };
    const seen: string[] = [];
    for await (const result of service.follow(request)) {
      for await (const part of result.ndjson()) seen.push(...new TextDecoder().decode(part).trim().split('\n'));
      await result.close();
      if (seen.length === 1) {
        await ingest('{"n":2}\n');
        await ingest('{"n":3}\n');
        await service.compact('default', 'logs');
        await ingest('{"n":4}\n');
      }
      if (seen.includes('{"n":4}')) controller.abort();
    }
    expect(seen).toEqual(['{"n":1}', '{"n":2}', '{"n":4}']);
  });

  test.each([
    'SELECT count(*) FROM logs',
    'SELECT n FROM logs ORDER BY n',
    'SELECT n FROM logs LIMIT 1',
    'SELECT a.n FROM logs a, logs b',
  ])('follow refuses %s', async (sql) => {
    await ingest('{"n":1}\n');
    const first = service.follow({ database: 'default', sql })[Symbol.asyncIterator]().next();
    expect(await failure(first)).toMatchObject({ code: 'usage' });
  });

  test('the schema lists databases and tables by name, columns in table order', async () => {
    await ingest('{"b":1,"a":2}\n');
    await ingest('{"x":1}\n', { database: 'audit', table: 'api' });
    expect(await service.schema()).toEqual({
      databases: [
        { name: 'audit', tables: [{ name: 'api', columns: [{ name: 'x', type: 'long', nullable: true }] }] },
        {
          name: 'default',
          tables: [
            {
              name: 'logs',
              columns: [
                { name: 'b', type: 'long', nullable: true },
                { name: 'a', type: 'long', nullable: true },
              ],
            },
          ],
        },
      ],
    });
  });
};
