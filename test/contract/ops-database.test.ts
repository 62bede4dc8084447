import { afterEach, beforeEach, expect, test } from 'vitest';
import { OpsError } from '../../src/base/errors.js';
import type { Context } from '../../src/context.js';
import type { OpsEvent } from '../../src/core/shared/index.js';
import { projection } from '../../src/loops/project.js';
import { openDataDir } from '../crash/open.js';
import { temporaryDirectory } from './stores.js';

let directory: ReturnType<typeof temporaryDirectory>;
let ctx: Context;

beforeEach(async () => {
  directory = temporaryDirectory();
  ctx = await openDataDir(directory.path, '2026-03-01T12:00:00Z');
});

afterEach(async () => {
  await ctx.close();
  directory.remove();
});

const audit = (actor: string, rest: OpsEvent['payload'] = {}): OpsEvent => ({
  type: 'audit.write',
  subject: 'default.logs',
  at: ctx.clock.now(),
  payload: { actor, kind: 'token', action: 'ingest', ...rest },
});

const append = async (...events: readonly OpsEvent[]) => (await ctx.events()).append(events);

const ask = async (sql: string): Promise<unknown[]> => {
  const result = await (await ctx.query()).query({ database: 'ops', sql });
  const chunks: Uint8Array[] = [];
  for await (const chunk of result.ndjson()) chunks.push(chunk);
  await result.close();
  return Buffer.concat(chunks)
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
};

test('what was audited can be queried, with every column from the first row on', async () => {
  await append(audit('mira', { outcome: 'done', status: 200, note: { deep: [1] } }));
  await projection.run(ctx);
  expect(await ask('SELECT * FROM audit')).toEqual([
    {
      at: '2026-03-01T12:00:00Z',
      actor: 'mira',
      kind: 'token',
      action: 'ingest',
      subject: 'default.logs',
      outcome: 'done',
      status: 200,
      request_id: null,
      detail: { note: { deep: [1] } },
    },
  ]);
  const { time_column, columns } = await (await ctx.query()).describe('ops', 'audit');
  expect([time_column, columns.find(({ name }) => name === 'detail')?.type]).toEqual(['at', 'dynamic']);
});

test('events without any of the known fields are rows as well', async () => {
  await append({ type: 'audit.odd', subject: '', at: ctx.clock.now(), payload: {} });
  await projection.run(ctx);
  expect(await ask('SELECT action, actor, detail FROM audit')).toEqual([{ action: 'odd', actor: null, detail: null }]);
});

test('killed between the rows and the cursor, it stores each row once', async () => {
  await append(audit('a'), audit('b'));
  const events = await ctx.events();
  const killed = async (consumer: string, sequence: number) => {
    if (consumer === 'projector') throw new OpsError('internal', 'killed', 'start again');
    await events.advance(consumer, sequence);
  };
  await expect(projection.run({ ...ctx, events: async () => ({ ...events, advance: killed }) })).rejects.toThrow(
    'killed',
  );
  await append(audit('c'));
  await ctx.close();

  ctx = await openDataDir(directory.path, '2026-03-01T12:00:05Z');
  await projection.run(ctx);
  expect(await ask('SELECT actor FROM audit ORDER BY actor')).toEqual([{ actor: 'a' }, { actor: 'b' }, { actor: 'c' }]);
});

test('two processes that project at once store each row once', async () => {
  await append(...Array.from({ length: 1_200 }, (_, index) => audit(`a${index}`)));
  const beside = await openDataDir(directory.path, '2026-03-01T12:00:00Z');
  await Promise.all([projection.run(ctx), projection.run(beside)]);
  await beside.close();
  expect(await ask('SELECT count(*) AS n, count(DISTINCT actor) AS actors FROM audit')).toEqual([
    { n: 1_200, actors: 1_200 },
  ]);
});

test('nobody else can write there', async () => {
  const service = await ctx.query();
  const body = new TextEncoder().encode('{"actor":"x"}\n');
  await expect(service.ingest({ database: 'ops', table: 'audit', body })).rejects.toMatchObject({ code: 'forbidden' });
});

test('compaction and the sweep keep the house there, too', async () => {
  for (const actor of ['a', 'b', 'c', 'd']) {
    await append(audit(actor));
    await projection.run(ctx);
  }
  expect(await (await ctx.maintenance()).compactDue()).toBe(4);
  expect(await ask('SELECT actor FROM audit')).toEqual(['a', 'b', 'c', 'd'].map((actor) => ({ actor })));
});
