import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openServer, type TestServer } from './open-server.js';

type Body = string | Uint8Array<ArrayBuffer>;

let open: TestServer;

// biome-ignore lint/suspicious/noExplicitAny: whatever the server answered
const jsonOf = async (answer: Response): Promise<any> => answer.json();

beforeAll(async () => {
  open = await openServer();
});
afterAll(() => open.close());

const ingest = (table: string, body: Body, headers: Readonly<Record<string, string>> = {}) =>
  open.ask('/v1/ingest', {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson', ...(table !== '' && { 'x-table': table }), ...headers },
    body,
  });

const query = (sql: Body, headers: Readonly<Record<string, string>> = {}) =>
  open.ask('/v1/query', { method: 'POST', headers: { 'content-type': 'application/sql', ...headers }, body: sql });

/** Status and code of an error; its body holds exactly what is documented. */
const refusal = async (answer: Response): Promise<[number, string]> => {
  const body = (await answer.json()) as { error: { code: string; request_id: string } };
  expect(Object.keys(body)).toEqual(['error']);
  expect(Object.keys(body.error)).toEqual(['code', 'message', 'request_id']);
  expect(body.error.request_id).toBe(answer.headers.get('x-request-id'));
  return [answer.status, body.error.code];
};

/** Bytes to the server as they are; what comes back, as text. */
const raw = (text: string | Buffer): Promise<string> =>
  new Promise((done, fail) => {
    const socket = connect(Number(new URL(open.url).port), '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (part) => {
      answer += part;
    });
    socket.on('close', () => done(answer));
    socket.on('error', (error: Error & { code?: string }) =>
      error.code === 'ECONNRESET' ? done(answer) : fail(error),
    );
  });

describe('the documented examples', () => {
  test('GET /health', async () => {
    expect(await (await open.ask('/health')).json()).toEqual({ status: 'healthy', version: '1.2.3' });
  });

  test('an ingest is acknowledged with the documented keys, in their order', async () => {
    const ack = await jsonOf(await ingest('seed', '{"n":1}\n{"n":2}\n'));
    expect(Object.keys(ack)).toEqual(['snapshot_id', 'extent_count', 'rows_ingested', 'bytes_written', 'replayed']);
    expect(ack).toMatchObject({ extent_count: 1, rows_ingested: 2, replayed: false });
  });

  test('a repeated key gets the first acknowledgement again', async () => {
    const headers = { 'x-idempotency-key': 'once' };
    const first = await jsonOf(await ingest('keyed', '{"n":1}\n', headers));
    const second = await jsonOf(await ingest('keyed', '{"n":1}\n', headers));
    expect(second).toEqual({ ...first, replayed: true });
    expect(await (await query('SELECT count(*) AS n FROM keyed')).text()).toBe('{"n":1}\n');
  });

  test('rows come as NDJSON with their count', async () => {
    await ingest('rows', '{"at":"2026-01-01T00:00:00Z","n":9223372036854775807}\n{"n":null}\n');
    const answer = await query('SELECT * FROM rows');
    expect(answer.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    expect(answer.headers.get('x-kyma-rows')).toBe('2');
    expect(await answer.text()).toBe('{"at":"2026-01-01T00:00:00Z","n":9223372036854775807}\n{"at":null,"n":null}\n');
  });

  test('the schema is a tree of databases, tables, columns', async () => {
    await ingest('tree', '{"n":1}\n', { 'x-database': 'forest' });
    const { databases } = await jsonOf(await open.ask('/v1/catalog/schema'));
    expect(databases.find(({ name }: { name: string }) => name === 'forest')).toEqual({
      name: 'forest',
      tables: [{ name: 'tree', columns: [{ name: 'n', type: 'long', nullable: true }] }],
    });
  });

  test('a table is provisioned once, described, and cleaned up', async () => {
    const path = '/v1/admin/databases/lab/tables/made';
    expect(await (await open.ask(path, { method: 'POST' })).json()).toMatchObject({ created: true, table: 'made' });
    expect(await (await open.ask(path, { method: 'POST' })).json()).toMatchObject({ created: false });
    const { columns, row_count } = await jsonOf(await open.ask(path));
    expect(columns.map(({ name, type }: { name: string; type: string }) => `${name} ${type}`)).toEqual([
      'at datetime',
      'label string',
      'body string',
      'props dynamic',
    ]);
    expect(row_count).toBe(0);
    const cleaned = await open.ask('/v1/database/lab/table/made/cleanup?before=2025-01-01T00:00:00Z', {
      method: 'POST',
    });
    expect(await cleaned.json()).toEqual({ extents_deleted: 0, rows_freed: 0, bytes_freed: 0 });
  });
});

describe('refused with the documented code', () => {
  beforeAll(async () => {
    await ingest('there', '{"n":1}\n');
    await ingest('born', '{"n":1}\n', { 'x-database': 'full' });
  });

  test.each<[string, () => Promise<Response>, number, string]>([
    ['an empty query', () => query(' '), 400, 'empty_query'],
    ['a query that is no UTF-8', () => query(Uint8Array.of(0x53, 0xff)), 400, 'bad_encoding'],
    ['a statement that is no SQL', () => query('SELEC 1'), 400, 'sql_parse_error'],
    ['an unknown column', () => query('SELECT nope FROM there'), 400, 'sql_parse_error'],
    ['a statement that writes', () => query('DELETE FROM there'), 400, 'sql_parse_error'],
    ['an unknown database', () => query('SELECT 1', { 'x-database': 'nowhere' }), 404, 'database_not_found'],
    ['a database name with a path', () => query('SELECT 1', { 'x-database': '../x' }), 400, 'bad_request'],
    ['KQL', () => query('there | take 1', { 'content-type': 'application/x-kql' }), 415, 'unsupported_media_type'],
    ['a query as JSON', () => query('{}', { 'content-type': 'application/json' }), 415, 'unsupported_media_type'],
    [
      'a scan over its budget',
      () => query('SELECT * FROM there', { 'x-kyma-max-object-store-bytes': '1' }),
      429,
      'object_store_exceeded',
    ],
    ['an ingest without a table', () => ingest('', '{"n":1}\n'), 400, 'missing_table_header'],
    ['an ingest of a bad line', () => ingest('there', '{"n":1}\nnope\n'), 400, 'bad_request_body'],
    ['an ingest of nothing', () => ingest('there', ''), 400, 'bad_request_body'],
    ['an ingest into ops', () => ingest('there', '{"n":1}\n', { 'x-database': 'ops' }), 403, 'forbidden'],
    [
      'an ingest into a table that must exist',
      () => ingest('absent', '{"n":1}\n', { 'x-auto-create': 'FALSE' }),
      404,
      'table_not_found',
    ],
    ['a header that is no boolean', () => ingest('there', '{"n":1}\n', { 'x-auto-create': 'yes' }), 400, 'bad_request'],
    [
      'a key that is too long',
      () => ingest('there', '{"n":1}\n', { 'x-idempotency-key': 'k'.repeat(1_025) }),
      400,
      'bad_request',
    ],
    [
      'an encoding that nobody knows',
      () => ingest('there', '{"n":1}\n', { 'content-encoding': 'br' }),
      415,
      'unsupported_media_type',
    ],
    ['a body that is no gzip', () => ingest('there', '{"n":1}\n', { 'content-encoding': 'gzip' }), 400, 'bad_request'],
    [
      'a multipart ingest',
      () => ingest('there', '{"n":1}\n', { 'content-type': 'multipart/form-data' }),
      415,
      'unsupported_media_type',
    ],
    ['an unknown table', () => open.ask('/v1/admin/databases/full/tables/nope'), 404, 'table_not_found'],
    ['a path in a name', () => open.ask('/v1/admin/databases/full/tables/..%2f..%2fetc'), 400, 'bad_request'],
    [
      'a table that is described as JSON that is none',
      () =>
        open.ask('/v1/admin/databases/full/tables/t', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: '{',
        }),
      400,
      'bad_request_body',
    ],
    [
      'columns of an unknown type',
      () =>
        open.ask('/v1/admin/databases/full/tables/t', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: '{"columns":[{"name":"a","type":"text"}]}',
        }),
      400,
      'bad_request',
    ],
    [
      'a cleanup without an instant',
      () => open.ask('/v1/database/full/table/born/cleanup', { method: 'POST' }),
      400,
      'bad_request',
    ],
    [
      'an unescaped plus',
      () => open.ask('/v1/database/full/table/born/cleanup?before=2026-01-01T00:00:00+00:00', { method: 'POST' }),
      400,
      'bad_request',
    ],
    ['a path that is not there', () => open.ask('/v1/nope'), 404, 'not_found'],
    ['a method that is not there', () => open.ask('/v1/query'), 405, 'method_not_allowed'],
    ['a scheme that is not Bearer', () => query('SELECT 1', { authorization: 'Basic eDp5' }), 401, 'unauthorized'],
    ['an ops token that is none', () => query('SELECT 1', { authorization: 'Bearer opst_0_0' }), 401, 'unauthorized'],
  ])('%s', async (_, ask, status, code) => {
    expect(await refusal(await ask())).toEqual([status, code]);
  });

  test('a database without tables, also where the statement is wrong', async () => {
    const empty = await openServer();
    try {
      const answer = await empty.ask('/v1/query', {
        method: 'POST',
        body: 'SELEC',
        headers: { 'content-type': 'text/plain' },
      });
      expect(await refusal(answer)).toEqual([404, 'database_empty']);
    } finally {
      await empty.close();
    }
  });

  test('a query over its time, with the effective limit', async () => {
    const answer = await query('SELECT count(*) FROM range(100000000000)', { 'x-kyma-max-wall-clock-ms': '1' });
    expect(answer.headers.get('x-kyma-budget-limit')).toBe('10 wall_clock_ms');
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(await refusal(answer)).toEqual([429, 'wall_clock_exceeded']);
  });

  test('a query over its memory', async () => {
    const answer = await query('SELECT array_agg(range) FROM range(3000000)', { 'x-kyma-max-memory-bytes': '8388608' });
    expect(answer.headers.get('x-kyma-budget-limit')).toBe('8388608 memory');
    expect(await refusal(answer)).toEqual([429, 'memory_exceeded']);
  });

  test('a budget that is no number is not there', async () => {
    expect((await query('SELECT 1 AS n', { 'x-kyma-max-wall-clock-ms': 'soon' })).status).toBe(200);
  });

  test('405 says which methods there are', async () => {
    expect((await open.ask('/v1/admin/databases/a/tables/b', { method: 'DELETE' })).headers.get('allow')).toBe(
      'GET, HEAD, POST',
    );
  });
});

describe('bodies', () => {
  test('gzip is unpacked', async () => {
    const answer = await ingest('packed', Uint8Array.from(gzipSync('{"n":1}\n{"n":2}\n')), {
      'content-encoding': 'gzip',
    });
    expect(await answer.json()).toMatchObject({ rows_ingested: 2 });
  });

  test('a query of exactly the limit is read, one byte more is not', async () => {
    const exact = `SELECT 1 AS n -- ${'x'.repeat((16 << 20) - 17)}`;
    expect(exact).toHaveLength(16 << 20);
    expect((await query(exact)).status).toBe(200);
    expect(await refusal(await query(`${exact}x`))).toEqual([413, 'body_too_large']);
  });

  test('a small gzip that unpacks to more than the limit is not', async () => {
    const bomb = Uint8Array.from(gzipSync(Buffer.alloc((64 << 20) + 1, ' ')));
    expect(await refusal(await ingest('bomb', bomb, { 'content-encoding': 'gzip' }))).toEqual([413, 'body_too_large']);
  });

  test('an endless body is refused while it still comes, and the connection ends', async () => {
    const answer = await new Promise<{ status: number | undefined; closed: boolean }>((done) => {
      let status: number | undefined;
      const sending = httpRequest(`${open.url}/v1/query`, {
        method: 'POST',
        headers: { 'content-type': 'text/plain' },
      });
      const part = Buffer.alloc(1 << 20, ' ');
      const more = (): void => {
        while (sending.writable && sending.write(part));
      };
      sending.on('drain', more);
      sending.on('response', (response) => {
        status = response.statusCode;
        response.resume();
      });
      sending.on('error', () => undefined);
      sending.on('close', () => done({ status, closed: true }));
      more();
    });
    expect(answer).toEqual({ status: 413, closed: true });
  });

  test('an upload that breaks off stores nothing', async () => {
    const answered = open.log.length;
    await new Promise<void>((done) => {
      const socket = connect(Number(new URL(open.url).port), '127.0.0.1', () => {
        const head = 'POST /v1/ingest HTTP/1.1\r\nHost: localhost\r\nX-Table: broken\r\nContent-Length: 100\r\n\r\n';
        socket.write(`${head}{"n":1}\n`, () => socket.destroy());
      });
      socket.on('close', () => done());
    });
    await expect.poll(() => open.log.length, { timeout: 10_000 }).toBeGreaterThan(answered);
    const answer = await open.ask('/v1/admin/databases/default/tables/broken');
    expect(answer.status).toBe(404);
  }, 20_000);
});

describe('headers', () => {
  test.each([
    ['is repeated', 'abc-123', 'abc-123'],
    ['is replaced where it is too long', 'x'.repeat(129), undefined],
  ])('a request id %s', async (_, given, expected) => {
    const id = (await open.ask('/v1/nope', { headers: { 'x-request-id': given } })).headers.get('x-request-id');
    if (expected === undefined) expect(id).toMatch(/^[0-9a-f-]{36}$/);
    else expect(id).toBe(expected);
  });

  test.each(['/health', '/metrics', '/v1/nope', '/nope', '/'])(
    '%s carries an id and the security headers',
    async (path) => {
      const { headers } = await open.ask(path);
      expect(headers.get('x-request-id')).toMatch(/.+/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    },
  );

  test.each([
    ['10,000 headers', `GET /health HTTP/1.1\r\nHost: a\r\n${'X-A: b\r\n'.repeat(10_000)}\r\n`, '431'],
    ['two lengths', 'POST /v1/query HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', '400'],
    [
      'a length beside chunks',
      'POST /v1/query HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      '400',
    ],
    ['what is no HTTP', 'hello\r\n\r\n', '400'],
  ])('%s are refused in the shape of all errors', async (_, text, status) => {
    const answer = await raw(text);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4))).toMatchObject({ error: { code: 'bad_request' } });
  });

  test('a page that renamed itself to this machine is refused', async () => {
    const answer = await raw('GET /v1/catalog/schema HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1.1 403 /);
  });
});

describe('a page of another site', () => {
  test.each<[string, Readonly<Record<string, string>>, number]>([
    ['that says where it is from', { origin: 'https://evil.example' }, 403],
    ['that hides it', { 'sec-fetch-site': 'cross-site' }, 403],
    ['that has no origin to tell', { origin: 'null' }, 403],
    ['is refused, one of this server is not', { origin: 'OWN' }, 200],
  ])('%s', async (_, headers, status) => {
    const own = Object.entries(headers).map(([name, value]) => [name, value === 'OWN' ? open.url : value]);
    const answer = await new Promise<number | undefined>((done) => {
      httpRequest(
        `${open.url}/v1/admin/databases/csrf/tables/evil`,
        { method: 'POST', headers: Object.fromEntries(own) },
        (response) => {
          response.resume();
          done(response.statusCode);
        },
      ).end();
    });
    expect(answer).toBe(status);
  });
});

describe('many rows', () => {
  const rows = 120_000;
  beforeAll(async () => {
    const lines = Array.from({ length: rows }, (_, n) => `{"n":${n},"text":"${'x'.repeat(60)}"}\n`);
    await ingest('many', lines.join(''));
  });

  const streamed = (headers: Readonly<Record<string, string>> = {}) =>
    new Promise<{ headers: Record<string, unknown>; trailers: Record<string, unknown>; lines: number }>(
      (done, fail) => {
        const asking = httpRequest(
          `${open.url}/v1/query`,
          { method: 'POST', headers: { 'content-type': 'application/sql', ...headers } },
          (response) => {
            let lines = 0;
            response.on('data', (part: Buffer) => {
              for (const byte of part) if (byte === 10) lines++;
            });
            response.on('end', () => done({ headers: response.headers, trailers: response.trailers, lines }));
            response.on('error', fail);
          },
        );
        asking.end('SELECT * FROM many');
      },
    );

  test('are streamed, their count behind them', async () => {
    const { headers, trailers, lines } = await streamed();
    expect(lines).toBe(rows);
    expect(headers['x-kyma-rows']).toBeUndefined();
    expect(headers.trailer).toContain('X-Kyma-Rows');
    expect(trailers['x-kyma-rows']).toBe(String(rows));
    expect(trailers['x-kyma-error']).toBeUndefined();
  });

  test('are spooled where a client wants the header', async () => {
    const { headers, lines } = await streamed({ 'x-kyma-buffer': 'full' });
    expect(headers['x-kyma-rows']).toBe(String(rows));
    expect(lines).toBe(rows);
  });

  test('are compressed for whoever takes it', async () => {
    const answer = await query('SELECT * FROM many', { 'accept-encoding': 'gzip' });
    expect(answer.headers.get('content-encoding')).toBe('gzip');
    expect((await answer.text()).split('\n')).toHaveLength(rows + 1);
  });

  test('are not compressed for whoever refuses it', async () => {
    const { headers } = await streamed({ 'accept-encoding': 'gzip;q=0' });
    expect(headers['content-encoding']).toBeUndefined();
  });

  test('are cut off where nobody takes them within the time of the query', async () => {
    const asking = httpRequest(
      `${open.url}/v1/query`,
      { method: 'POST', headers: { 'content-type': 'application/sql', 'x-kyma-max-wall-clock-ms': '1500' } },
      (response) => response.pause(), // and never reads on
    );
    asking.on('error', () => undefined);
    asking.end("SELECT range AS n, repeat('x', 1000) AS s FROM range(100000000)");
    await expect.poll(() => open.log.join(''), { timeout: 15_000 }).toContain('were not taken within 1500 ms');
    asking.destroy();
  });

  test('an error in their middle is the last line, and the stream breaks off', async () => {
    const sql = "SELECT range AS n, CASE WHEN range = 900000 THEN error('boom') ELSE 'x' END AS e FROM range(1000000)";
    const seen = await new Promise<{ text: string; complete: boolean }>((done) => {
      const asking = httpRequest(
        `${open.url}/v1/query`,
        { method: 'POST', headers: { 'content-type': 'application/sql' } },
        (response) => {
          let text = '';
          response.on('data', (part) => {
            text = (text + part).slice(-500);
          });
          response.on('error', () => undefined);
          response.on('close', () => done({ text, complete: response.complete }));
        },
      );
      asking.end(sql);
    });
    const last = seen.text.trimEnd().split('\n').at(-1) ?? '';
    expect(JSON.parse(last)).toMatchObject({ __error: { code: 'query_execution_error' } });
    expect(seen.complete).toBe(false);
  });
});

test('the plan instead of the rows, without a path', async () => {
  await ingest('planned', '{"n":1}\n');
  const answer = await query('SELECT * FROM planned', { 'x-kyma-explain': 'true' });
  const text = await answer.text();
  expect(JSON.parse(text)).toMatchObject({ tables: [{ table: 'planned', extents: 1 }] });
  expect(text).not.toContain('parquet');
});

test('nothing that was refused here was a bug', () => {
  expect(open.reported).toEqual([]);
});
