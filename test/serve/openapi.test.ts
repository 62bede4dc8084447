import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openServer, type TestServer } from './open-server.js';

let open: TestServer;
beforeAll(async () => {
  open = await openServer();
});
afterAll(() => open.close());

const document = async (name: string) =>
  (await (await fetch(`${open.url}/ops/v1/openapi/${name}.json`)).json()) as {
    openapi: string;
    paths: Record<string, Record<string, { parameters: { name: string; in: string; required: boolean }[] }>>;
  };

test.each(['query', 'ops'])('the %s document is valid OpenAPI 3.1', async (name) => {
  const described = await document(name);
  expect(described.openapi).toBe('3.1.0');
  expect(await new Validator().validate(described)).toEqual({ valid: true });
});

test('every route stands in exactly one document', async () => {
  const documents = [await document('query'), await document('ops')];
  for (const { method, path } of open.server.routes) {
    const holding = documents.filter(({ paths }) => paths[path]?.[method.toLowerCase()]);
    expect(holding, `${method} ${path}`).toHaveLength(1);
  }
});

test('what a platform demands is marked as required, also where the error is its own', async () => {
  const { paths } = await document('query');
  const required = (path: string, method: string) =>
    paths[path]?.[method]?.parameters.filter((parameter) => parameter.required).map(({ name }) => name);
  expect(required('/v1/ingest', 'post')).toEqual(['x-table']);
  expect(required('/v1/database/{database}/table/{table}/cleanup', 'post')).toEqual(['database', 'table', 'before']);
  expect(required('/v1/query', 'post')).toEqual([]);
});

test('an unknown document is not found', async () => {
  expect((await open.ask('/ops/v1/openapi/nope.json')).status).toBe(404);
});
