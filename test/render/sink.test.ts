import { spawn } from 'node:child_process';
import { Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { streamSink } from '../../src/render/index.js';
import { pagedSink, pagerSink } from '../../src/render/pager.js';
import { closingStream, memoryStream } from './capture.js';

const tick = () => new Promise((resolve) => setImmediate(resolve));

describe('a sink over a stream', () => {
  test('gathers lines of one turn and writes them without being asked', async () => {
    const { stream, chunks, text } = memoryStream();
    const sink = streamSink(() => stream);
    for (const line of ['a\n', 'b\n', 'c\n']) await sink.write(line);
    expect(chunks).toHaveLength(0);
    await tick();
    await tick();
    expect(chunks).toHaveLength(1);
    expect(text()).toBe('a\nb\nc\n');
  });

  test('opens the stream with the first write', async () => {
    let opened = 0;
    const { stream } = memoryStream();
    const sink = streamSink(() => {
      opened++;
      return stream;
    });
    await sink.flush();
    expect(opened).toBe(0);
    await sink.write('a\n');
    await sink.flush();
    expect(opened).toBe(1);
  });

  test('makes the producer wait for a slow reader', async () => {
    let release: () => void = () => undefined;
    const slow = new Writable({ write: (_chunk, _encoding, done) => (release = done) });
    const sink = streamSink(() => slow);
    let written = false;
    const writing = sink.write(Buffer.alloc(70_000)).then(() => {
      written = true;
    });
    await tick();
    expect(written).toBe(false);
    release();
    await writing;
    expect(written).toBe(true);
  });

  test('takes a closed pipe for enough', async () => {
    const { stream, writesAfter } = closingStream(1);
    const sink = streamSink(() => stream);
    for (let n = 0; n < 20; n++) await sink.write(Buffer.alloc(70_000, 10));
    await sink.flush();
    expect([sink.closed, writesAfter()]).toEqual([true, 1]);
  });

  test('says that the disk is full', async () => {
    const full = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('no space left'), { code: 'ENOSPC' })),
    });
    const sink = streamSink(() => full);
    await sink.write('a\n');
    await expect(sink.flush()).rejects.toMatchObject({ code: 'unavailable' });
    await expect(sink.write('b\n')).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('a real process', () => {
  const sinkUrl = pathToFileURL(`${import.meta.dirname}/../../src/render/sink.ts`).href;
  const program = `
    const { streamSink } = await import(${JSON.stringify(sinkUrl)});
    const sink = streamSink(() => process.stdout);
    for (let n = 0; n < 100_000 && !sink.closed; n++) await sink.write('x'.repeat(104) + '\\n');
    await sink.flush();
    process.exitCode = sink.closed ? 7 : 0;`;
  const started = () =>
    spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });

  test('hands over 10 MB through a pipe, whole', async () => {
    const child = started();
    let bytes = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect([bytes, code]).toEqual([10_500_000, 0]);
  });

  test('is silent and orderly when the reader leaves', async () => {
    const child = started();
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    child.stdout.once('data', () => child.stdout.destroy());
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect([said, code]).toEqual(['', 7]);
  });
});

describe('a pager', () => {
  const paged = () => {
    const screen = memoryStream();
    const pages: ReturnType<typeof memoryStream>[] = [];
    const open = () => {
      const page = memoryStream();
      pages.push(page);
      const left: (() => void)[] = [];
      page.stream.on('finish', () => left.forEach((leave) => void leave()));
      return pagerSink({ stdin: page.stream, on: (_event, listener) => left.push(listener) });
    };
    return {
      screen,
      pages,
      sink: pagedSink(
        streamSink(() => screen.stream),
        { rows: 3, open },
      ),
    };
  };

  test('is not started for what fits on the screen', async () => {
    const { screen, pages, sink } = paged();
    await sink.write('a\nb\n');
    await sink.flush();
    expect([screen.text(), pages.length]).toEqual(['a\nb\n', 0]);
  });

  test('gets everything once it is more, and a new one is started for the next answer', async () => {
    const { screen, pages, sink } = paged();
    for (const line of ['a\n', 'b\n', 'c\n', 'd\n']) await sink.write(line);
    await sink.flush();
    await sink.write('e\n');
    await sink.flush();
    expect([pages.map(({ text }) => text()), screen.text()]).toEqual([['a\nb\nc\nd\n'], 'e\n']);
  });
});
