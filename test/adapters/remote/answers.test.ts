import { afterEach, describe, expect, test } from 'vitest';
import { failure, says, type World, world } from './harness.js';

let open: World | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

const ofSchema = async (...reply: Parameters<typeof says>) => {
  open = await world(says(...reply));
  return failure(open.remote.query.schema());
};

const kyma = (code: string, message = 'so it is') => ({ error: { code, message, request_id: 'r-1' } });

describe('an error answer', () => {
  test.each([
    [400, kyma('sql_parse_error'), 'invalid_data', 9, 'sql_parse_error'],
    [400, kyma('bad_request'), 'invalid_data', 9, 'bad_request'],
    [400, kyma('usage'), 'usage', 2, undefined],
    [400, kyma('never_heard_of'), 'invalid_data', 9, undefined],
    [401, kyma('unauthorized'), 'unauthenticated', 4, 'unauthorized'],
    [403, kyma('forbidden'), 'forbidden', 4, 'forbidden'],
    [404, kyma('database_empty'), 'not_found', 3, 'database_empty'],
    [409, kyma('conflict'), 'conflict', 5, 'conflict'],
    [413, kyma('body_too_large'), 'limit_exceeded', 8, 'body_too_large'],
    [415, kyma('unsupported_media_type'), 'internal', 70, 'unsupported_media_type'],
    [429, kyma('memory_exceeded'), 'limit_exceeded', 8, 'memory_exceeded'],
    [500, kyma('query_execution_error'), 'invalid_data', 9, 'query_execution_error'],
    [500, kyma('internal'), 'internal', 70, 'internal'],
    [400, {}, 'invalid_data', 9, undefined],
    [402, {}, 'not_licensed', 10, undefined],
    [405, {}, 'internal', 70, undefined],
    [410, {}, 'not_found', 3, undefined],
    [413, {}, 'limit_exceeded', 8, undefined],
    [418, {}, 'invalid_data', 9, undefined],
    [422, {}, 'invalid_data', 9, undefined],
    [500, {}, 'internal', 70, undefined],
    [502, {}, 'unavailable', 6, undefined],
    [503, {}, 'unavailable', 6, undefined],
    [504, {}, 'timeout', 7, undefined],
  ])('%i %j is %s, exit %i', async (status, body, code, exit, reason) => {
    expect(await ofSchema(status, body)).toMatchObject({ code, exit, reason });
  });

  test.each([
    [{ error: { code: 'conflict', message: 'taken', hint: 'choose', request_id: 'r' } }, 'taken'],
    [{ error: { code: 'conflict', message: 'taken', reason: 'table_not_found' } }, 'taken'],
    [{ detail: 'taken' }, 'taken'],
    [{ detail: [{ loc: ['body', 'name'], msg: 'missing' }, { msg: 'more' }] }, 'body.name: missing; more'],
    [{ status: 409, error: 'Conflict', message: 'taken' }, 'taken'],
    [{ error: 'taken' }, 'taken'],
    ['taken\n', 'taken'],
    ['', 'the server answered GET /v1/catalog/schema with status 409'],
    [[], 'the server answered GET /v1/catalog/schema with status 409'],
  ])('of the shape %j tells its message', async (body, message) => {
    expect((await ofSchema(409, body)).message).toBe(message);
  });

  test('keeps hint, request id, budget and the time to wait', async () => {
    const headers = {
      'X-Ops-Hint': encodeURIComponent('raise --max-time'),
      'X-Kyma-Budget-Limit': '50 wall_clock_ms',
      'Retry-After': '1',
    };
    expect(await ofSchema(429, kyma('wall_clock_exceeded'), headers)).toMatchObject({
      hint: 'raise --max-time',
      requestId: 'r-1',
      details: { limit: 50, unit: 'wall_clock_ms', retryAfterSeconds: 1 },
    });
  });

  test('of a bug names the request id to look for', async () => {
    expect((await ofSchema(500, '', { 'X-Request-ID': 'r-9' })).hint).toContain('r-9');
  });

  test('a header that is not encoded is taken as it is', async () => {
    expect((await ofSchema(404, kyma('not_found'), { 'X-Ops-Hint': '100 %' })).hint).toBe('100 %');
  });

  test('points into the statement as the user wrote it', async () => {
    open = await world(says(400, kyma('sql_parse_error'), { 'X-Ops-Error-At': '1:8' }));
    const sql = '\n  SELECT nope\n';
    expect(await failure(open.remote.query.query({ database: 'default', sql }))).toMatchObject({
      at: { line: 2, column: 10 },
      source: '\n  SELECT nope',
    });
    expect(open.seen[0]?.body).toBe('SELECT nope');
  });
});

describe('what is no ops server', () => {
  test.each([
    [404, '<!doctype html><title>x</title>', 'text/html', 'unavailable', 'does not answer like an ops server'],
    [200, '<html></html>', 'text/html', 'unavailable', 'does not answer like an ops server'],
    [502, '<html></html>', 'text/html', 'unavailable', 'status 502, with a web page'],
    [413, '<html></html>', 'text/html', 'limit_exceeded', 'status 413, with a web page'],
    [200, '{"databases":1}', 'application/json', 'unavailable', 'something else than a catalogue schema (databases'],
    [200, 'fine', 'text/plain', 'unavailable', 'something else than a catalogue schema'],
  ])('%i %s', async (status, body, type, code, message) => {
    const error = await ofSchema(status, body, { 'content-type': type });
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
  });

  test('a redirect is named and not followed', async () => {
    const error = await ofSchema(302, '', { Location: 'https://login.example.com/' });
    expect(error).toMatchObject({ code: 'unavailable' });
    expect(error.message).toContain('https://login.example.com/');
    expect(open?.seen).toHaveLength(1);
  });

  test('rows must be NDJSON', async () => {
    open = await world(says(200, { databases: [] }));
    const error = await failure(open.remote.query.query({ database: 'default', sql: 'SELECT 1' }));
    expect(error.message).toContain('application/json');
  });
});
