import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { userFiles } from '../../../src/adapters/user-files/index.js';

// Two lines of NDJSON, compressed by zstd.
const zstd = Buffer.from('KLUv/QBY5QAAoHsiayI6ImEiLCJuIjoxfQpiMn0KAgBgCDPMJQ==', 'base64');

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ops-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function* once(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}

const files = () =>
  userFiles({ cwd: folder, stateDir: join(folder, 'state'), stdin: () => once('from stdin'), newId: () => 'id' });

const textOf = async (path: string): Promise<string> => {
  const parts: Uint8Array[] = [];
  for await (const part of await files().open(path)) parts.push(part);
  return Buffer.concat(parts).toString();
};

const put = (name: string, content: string | Buffer): void => writeFileSync(join(folder, name), content);

describe('reading', () => {
  test.each([
    ['a plain file', 'a.ndjson', Buffer.from('{"k":1}\n'), '{"k":1}\n'],
    ['gzip by its name', 'a.ndjson.gz', gzipSync('{"k":1}\n'), '{"k":1}\n'],
    ['two gzip members, one after the other', 'b.gz', Buffer.concat([gzipSync('a'), gzipSync('b')]), 'ab'],
    ['zstd by its name', 'a.ndjson.zst', zstd, '{"k":"a","n":1}\n{"k":"b","n":2}\n'],
    ['an empty file', 'empty', Buffer.alloc(0), ''],
  ])('%s', async (_, name, content, text) => {
    put(name, content);
    expect(await textOf(name)).toBe(text);
  });

  test('- is stdin', async () => {
    expect(await textOf('-')).toBe('from stdin');
  });

  test.each([
    ['half a gzip', 'half.gz', gzipSync('x'.repeat(10_000)).subarray(0, 20)],
    ['no gzip at all', 'no.gz', Buffer.from('plain text')],
    ['an empty gzip', 'empty.gz', Buffer.alloc(0)],
    ['half a zstd', 'half.zst', zstd.subarray(0, 20)],
    ['an empty zstd', 'empty.zst', Buffer.alloc(0)],
    ['no zstd at all', 'no.zst', Buffer.from('plain text')],
  ])('%s is invalid data that names the file', async (_, name, content) => {
    put(name, content);
    await expect(textOf(name)).rejects.toMatchObject({ code: 'invalid_data', message: expect.stringContaining(name) });
  });

  test('an absent file and a directory are told before the first byte', async () => {
    await expect(files().open('nowhere')).rejects.toMatchObject({ code: 'not_found' });
    await expect(files().open('.')).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('writing', () => {
  test('a file has its name only when it is complete', async () => {
    const file = await files().create('out', 'refuse');
    await file.write(Buffer.from('half'));
    expect(readdirSync(folder)).not.toContain('out');
    await file.commit();
    expect(readFileSync(join(folder, 'out'), 'utf8')).toBe('half');
    expect(readdirSync(folder)).toEqual(['out']);
  });

  test('discarding leaves nothing', async () => {
    const file = await files().create('out', 'refuse');
    await file.write(Buffer.from('half'));
    await file.discard();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('an existing file is refused at once, and also when it appears meanwhile', async () => {
    put('taken', 'old');
    await expect(files().create('taken', 'refuse')).rejects.toMatchObject({ code: 'conflict' });
    const file = await files().create('soon', 'refuse');
    put('soon', 'other');
    await expect(file.commit()).rejects.toMatchObject({ code: 'conflict' });
    expect(readFileSync(join(folder, 'soon'), 'utf8')).toBe('other');
  });

  test('state is written and read back; a state directory that cannot be is no failure', async () => {
    expect(await files().writeState('history', 'SELECT 1\n')).toBe(true);
    expect(await files().readState('history')).toBe('SELECT 1\n');
    put('file', '');
    const blocked = userFiles({
      cwd: folder,
      stateDir: join(folder, 'file/state'),
      stdin: () => once(''),
      newId: () => 'id',
    });
    expect(await blocked.writeState('history', 'x')).toBe(false);
  });
});
