import { describe, expect, test } from 'vitest';
import { OpsError } from '../../src/base/errors.js';
import { createOutput, type RowStream } from '../../src/render/index.js';
import { capture, closingStream, rowsOf } from './capture.js';

const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => `{"n":${index}}`);
const types = { n: 'long' } as const;

describe('rows on their way out', () => {
  test.each(['ndjson', 'csv'] as const)('--limit cuts at a line and stops the engine: %s', async (format) => {
    const { out, printed } = capture({ format, limit: 3, header: false });
    const rows = rowsOf(types, numbers(100));
    expect(await out.rows(rows)).toBe(3);
    expect((await printed()).match(/\d/g)).toEqual(['0', '1', '2']);
    expect(rows.state).toEqual({ cancelled: 1, chunks: 2 });
  });

  test('--limit 0 is all', async () => {
    const { out, printed } = capture({ limit: 0 });
    expect(await out.rows(rowsOf(types, numbers(7)))).toBe(7);
    expect((await printed()).split('\n')).toHaveLength(8);
  });

  test('a reader that leaves ends the work quietly', async () => {
    const { stream, writesAfter } = closingStream(1);
    const notes = { note: () => undefined, warn: () => undefined, progressDone: () => undefined };
    const out = createOutput({
      stdout: () => stream,
      isTerminal: false,
      notes,
      yaml: async () => String,
      pourable: () => false,
    });
    const rows = rowsOf(types, numbers(200_000), { perChunk: 10_000 });
    await out.rows(rows);
    await out.flush();
    expect(out.closed).toBe(true);
    expect(rows.state.cancelled).toBe(1);
    expect(rows.state.chunks).toBeLessThan(10);
    expect(writesAfter()).toBe(1);
  });

  test('a verdict counts all rows though the reader has left, and beyond --limit', async () => {
    const { stream } = closingStream(0);
    const notes = { note: () => undefined, warn: () => undefined, progressDone: () => undefined };
    const out = createOutput({ stdout: () => stream, isTerminal: false, notes, yaml: async () => String });
    expect(await out.rows(rowsOf(types, numbers(50_000), { perChunk: 10_000 }), { countAll: true })).toBe(50_000);
    const limited = capture({ limit: 2 });
    expect(await limited.out.rows(rowsOf(types, numbers(9)), { countAll: true })).toBe(9);
    expect(await limited.printed()).toBe('{"n":0}\n{"n":1}\n');
  });

  test('the engine pours where nothing has to be looked at', async () => {
    const devices: string[] = [];
    const pour = async (device: string) => {
      devices.push(device);
      return { closed: true };
    };
    const rows: RowStream = { ...rowsOf(types, []), pour };
    const pourable = capture({ pourable: () => true });
    expect(await pourable.out.rows(rows)).toBeUndefined();
    expect(devices).toEqual(['/dev/stdout']);
    expect(pourable.out.closed).toBe(true);
    for (const options of [
      { pourable: () => false },
      { fields: ['n'] },
      { limit: 1 },
      { sort: 'n' },
      { format: 'json' as const },
    ]) {
      const { out } = capture({ pourable: () => true, ...options });
      expect(await out.rows(rows)).toBe(0);
    }
    expect(devices).toHaveLength(1);
  });

  test('a live stream has one head and one limit', async () => {
    const { out, printed } = capture({ format: 'csv', limit: 3 });
    expect(await out.rows(rowsOf(types, numbers(2)), { live: true })).toBe(2);
    expect(out.closed).toBe(false);
    expect(await out.rows(rowsOf(types, numbers(2)), { live: true })).toBe(1);
    expect(out.closed).toBe(true);
    expect(await out.rows(rowsOf(types, numbers(2)), { live: true })).toBe(0);
    expect(await printed()).toBe('n\r\n0\r\n1\r\n0\r\n');
  });

  test('a live table widens its columns as far as the terminal goes', async () => {
    const { out, printed } = capture({ isTerminal: true, width: 20 });
    for (const msg of ['short', 'medium words', 'far too long for this terminal', 'ok'])
      await out.rows(rowsOf({ msg: 'string', n: 'int' }, [JSON.stringify({ msg, n: 1 })]), { live: true });
    expect(await printed()).toBe(
      ['MSG    N', 'short  1', 'medium words  1', 'far too long for…  1', 'ok                 1', ''].join('\n'),
    );
  });

  test.each(['json', 'yaml'] as const)('a live stream cannot be %s', async (format) => {
    await expect(capture({ format }).out.rows(rowsOf(types, []), { live: true })).rejects.toMatchObject({
      code: 'usage',
    });
  });

  test('a terminal shows the first and the last hundred of more than 200 rows', async () => {
    const shown = async (count: number, limit?: number): Promise<string[]> => {
      const { out, printed } = capture({ isTerminal: true, width: 80, ...(limit === undefined ? {} : { limit }) });
      await out.rows(rowsOf(types, numbers(count), { perChunk: 100 }));
      return (await printed())
        .trimEnd()
        .split('\n')
        .map((line) => line.trim());
    };
    expect(await shown(200)).toHaveLength(201);
    const lines = await shown(12_345);
    expect(lines).toHaveLength(203);
    expect([lines[1], lines[100], lines[101], lines[102], lines[201]]).toEqual(['0', '99', '…', '12245', '12344']);
    expect(lines.at(-1)).toBe('12,345 rows, 12,145 not shown: add `--limit 0` for all');
    expect(await shown(250, 0)).toHaveLength(251);
  });

  test('a table on a pipe shows every row and cuts no cell', async () => {
    const { out, printed } = capture({ format: 'table', width: 20 });
    await out.rows(rowsOf({ n: 'string' }, [...numbers(1_500).slice(0, 1_499), `{"n":"${'x'.repeat(99)}"}`]));
    const lines = (await printed()).trimEnd().split('\n');
    expect(lines).toHaveLength(1_501);
    expect(lines.at(-1)).toBe('x'.repeat(99));
  });

  test('jq gets each row as it stands, after --fields; a failing row ends it', async () => {
    const seen: string[] = [];
    const fault = new OpsError('invalid_data', 'no');
    async function* run(text: string) {
      seen.push(text);
      yield text.includes('"n":2') ? 'two\n' : 'fine\n';
      if (text.includes('"n":2')) throw fault;
    }
    const { out, printed } = capture({ jq: async () => ({ run }) });
    await expect(out.rows(rowsOf(types, numbers(9)))).rejects.toBe(fault);
    expect(seen).toEqual(['{"n":0}\n{"n":1}\n', '{"n":2}\n{"n":3}\n']);
    expect(await printed()).toBe('fine\ntwo\n');
    await expect(capture({ format: 'csv', jq: async () => ({ run }) }).out.check()).rejects.toMatchObject({
      code: 'usage',
    });
  });

  test('text that ends in the middle of a character or a line is put together', async () => {
    const bytes = Buffer.from('{"n":"日本"}\n\n{"n":"語"}');
    const { out, printed } = capture({ format: 'csv', header: false });
    const rows: RowStream = {
      ...rowsOf({ n: 'string' }, []),
      async *ndjson() {
        for (const byte of bytes) yield Uint8Array.of(byte);
      },
    };
    expect(await out.rows(rows)).toBe(2);
    expect(await printed()).toBe('日本\r\n語\r\n');
  });
});
