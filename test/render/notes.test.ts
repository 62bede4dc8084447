import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { manualClock } from '../../src/base/clock.js';
import { createNotes, type NotesOptions } from '../../src/render/index.js';

const noted = (options: Partial<NotesOptions> = {}) => {
  let text = '';
  const stream = {
    write: (more: string) => {
      text += more;
    },
    on: () => undefined,
  };
  const clock = manualClock(new Date(0));
  const notes = createNotes({
    stream,
    isTerminal: true,
    colour: false,
    quiet: false,
    verbose: false,
    progress: 'auto',
    isCi: false,
    clock,
    ...options,
  });
  const pass = (ms: number): void => {
    clock.advance(ms);
    vi.advanceTimersByTime(ms);
  };
  return { notes, pass, text: () => text };
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('notes', () => {
  test.each([
    [{}, 'note\nwarning: warn\nsum\n'],
    [{ quiet: true }, 'warning: warn\n'],
    [{ verbose: true }, 'note\nwarning: warn\nmore\nsum\n'],
    [{ verbose: true, quiet: true }, 'warning: warn\n'],
    [{ colour: true }, 'note\n\u001b[33mwarning:\u001b[39m warn\nsum\n'],
  ])('with %j', (options, expected) => {
    const { notes, text } = noted(options);
    notes.note('note');
    notes.warn('warn');
    notes.verbose('more');
    notes.summary('sum');
    expect(text()).toBe(expected);
  });

  test('progress waits 400 ms and erases itself', () => {
    const { notes, pass, text } = noted();
    notes.progress('ingesting 1 of 8');
    pass(399);
    expect(text()).toBe('');
    pass(1);
    expect(text()).toBe('\r\u001b[2Kingesting 1 of 8');
    notes.note('chunk done');
    expect(text().endsWith('ingesting 1 of 8\r\u001b[2Kchunk done\n\r\u001b[2Kingesting 1 of 8')).toBe(true);
    notes.progressDone();
    expect(text().endsWith('\r\u001b[2K')).toBe(true);
  });

  test('what is done sooner shows no progress', () => {
    const { notes, pass, text } = noted();
    notes.progress('ingesting');
    pass(200);
    notes.progressDone();
    pass(1_000);
    expect(text()).toBe('');
  });

  test.each([
    ['a pipe', { isTerminal: false }],
    ['CI', { isCi: true }],
    ['none', { progress: 'none' as const }],
    ['quiet', { quiet: true }],
  ])('no progress: %s', (_, options) => {
    const { notes, pass, text } = noted(options);
    notes.progress('ingesting 1');
    pass(5_000);
    notes.progress('ingesting 2');
    notes.progressDone();
    expect(text()).toBe('');
  });

  test('plain progress is a line per phase', () => {
    const { notes, text } = noted({ progress: 'plain', isTerminal: false });
    for (const line of ['reading build.ndjson', 'ingesting 1 of 8', 'ingesting 2 of 8', 'committing'])
      notes.progress(line);
    expect(text()).toBe('reading build.ndjson\ningesting\ncommitting\n');
  });
});
