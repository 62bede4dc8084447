import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { type LineReader, lineReader } from '../../../src/adapters/duckdb/line-reader.js';

const folder = mkdtempSync(join(tmpdir(), 'ops-lines-'));
const path = join(folder, 'pipe');
beforeAll(() => {
  execFileSync('mkfifo', [path]);
});
afterAll(() => rmSync(folder, { recursive: true }));

let reader: LineReader;
afterEach(async () => {
  reader.close();
  await reader.closed;
});

const open = (options = { onFull: () => {}, onRoom: () => {} }) => {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  reader = lineReader(fd, options);
  return {
    write: (text: string) => writeSync(writer, text),
    end: () => closeSync(writer),
  };
};

const text = (part: Uint8Array | undefined): string | undefined => part && Buffer.from(part).toString();

const next = async (): Promise<string | undefined> => text(await reader.next());

/** Everything until the end, with every part checked for its last byte. */
const rest = async (): Promise<string> => {
  let all = '';
  for (let part = await next(); part !== undefined; part = await next()) {
    expect(part.endsWith('\n')).toBe(true);
    all += part;
  }
  return all;
};

test('lines come in parts that end where a line ends', async () => {
  const pipe = open();
  pipe.write('a\nb\nc');
  expect(await next()).toBe('a\nb\n');
  pipe.write('c\n');
  expect(await next()).toBe('cc\n');
  pipe.end();
  expect(await next()).toBeUndefined();
  expect(await next()).toBeUndefined();
  expect(reader.received()).toBe(7);
});

test('a last line that was cut off is left out', async () => {
  const pipe = open();
  pipe.write('whole\ncut o');
  pipe.end();
  expect(await rest()).toBe('whole\n');
});

test('a line may be longer than what is read at once', async () => {
  const pipe = open();
  const line = `${'x'.repeat(60_000)}`;
  const lines = rest();
  for (let count = 0; count < 40; count++) {
    pipe.write(line);
    await vi.waitFor(() => expect(reader.received()).toBe((count + 1) * line.length), { interval: 1 });
  }
  pipe.write('\nend\n');
  pipe.end();
  expect(await lines).toBe(`${line.repeat(40)}\nend\n`);
});

test('closing it ends whoever waits, and the writer finds nobody', async () => {
  const pipe = open();
  const waiting = reader.next();
  reader.close();
  expect(await waiting).toBeUndefined();
  expect(await reader.emptied()).toBe(false);
  await reader.closed;
  expect(() => pipe.write('x\n')).toThrow(/EPIPE/);
  pipe.end();
});

test('the pipe is left alone while too much lies unread, and nothing of it is lost', async () => {
  const calls: string[] = [];
  const pipe = open({ onFull: () => calls.push('full'), onRoom: () => calls.push('room') });
  const line = `${'y'.repeat(32_767)}\n`;
  let lines = 0;
  await vi.waitFor(
    () => {
      // Until the pipe takes no more: nobody reads it.
      for (;;) {
        try {
          pipe.write(line);
          lines++;
        } catch {
          break;
        }
      }
      expect(calls).toEqual(['full']);
    },
    { interval: 1, timeout: 8_000 },
  );
  expect(lines * line.length).toBeGreaterThan(64 * 1024 * 1024);
  const emptied = reader.emptied();
  let bytes = 0;
  while (bytes < 40 * 1024 * 1024) bytes += (await reader.next())?.length ?? 0;
  expect(calls).toEqual(['full', 'room']);
  pipe.end();
  for (let part = await reader.next(); part; part = await reader.next()) bytes += part.length;
  expect(await emptied).toBe(true);
  expect(bytes).toBe(lines * line.length);
});

test('no descriptor is left', async () => {
  const before = readdirSync('/proc/self/fd').length;
  for (let count = 0; count < 20; count++) {
    const pipe = open();
    pipe.write('a\n');
    pipe.end();
    expect(await rest()).toBe('a\n');
    await reader.closed;
  }
  expect(readdirSync('/proc/self/fd').length).toBe(before);
});
