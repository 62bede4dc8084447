import type { Clock } from '../base/clock.js';
import { paint } from './colour.js';
import { printable, shorten } from './measure.js';
import type { Notes } from './output.js';

/** What notes need of stderr. */
interface TextStream {
  write(text: string): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

export interface NotesOptions {
  readonly stream: TextStream;
  readonly isTerminal: boolean;
  readonly colour: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** `auto`: a line that erases itself, on a terminal only; `plain`: a line per phase anywhere. */
  readonly progress: 'auto' | 'plain' | 'none';
  /** True in CI: then `auto` shows no progress even where stderr is a terminal. */
  readonly isCi: boolean;
  /** Terminal cells of a line; default 80. */
  readonly width?: () => number | undefined;
  readonly clock: Clock;
}

/** A command that is done sooner shows no progress at all. */
const patienceMs = 400;
const erase = '\r\u001b[2K';

/** `ingesting 3 of 8` → `ingesting`. */
const phaseOf = (text: string): string => text.replace(/[\d:].*$/s, '').trim() || text;

/** Notes on stderr. A reader of stderr that has gone away is no error. */
export const createNotes = (options: NotesOptions): Notes => {
  const { stream, isTerminal, colour, quiet, verbose, clock } = options;
  const mode = quiet ? 'none' : options.progress;
  const animated = mode === 'auto' && isTerminal && !options.isCi;
  stream.on('error', () => undefined);

  let current: string | undefined;
  let since: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isShown = false;
  let phase: string | undefined;

  const show = (): void => {
    if (current === undefined) return;
    isShown = true;
    const line = shorten(printable(current), (options.width?.() ?? 80) - 1);
    stream.write(`${erase}${paint(line, 'dim', colour)}`);
  };
  const hide = (): void => {
    if (isShown) stream.write(erase);
    isShown = false;
  };
  const line = (text: string): void => {
    const wasShown = isShown;
    hide();
    stream.write(`${text}\n`);
    if (wasShown) show();
  };

  return {
    isTerminal,
    note(text) {
      if (!quiet) line(text);
    },
    warn(text) {
      line(`${paint('warning:', 'warn', colour)} ${text}`);
    },
    verbose(text) {
      if (verbose && !quiet) line(paint(text, 'dim', colour));
    },
    progress(text) {
      if (mode === 'plain') {
        const next = phaseOf(text);
        if (next !== phase) line(next);
        phase = next;
      }
      if (!animated) return;
      current = text;
      const now = clock.monotonicMs();
      since ??= now;
      if (isShown || now - since >= patienceMs) return show();
      timer ??= setTimeout(show, patienceMs);
      timer.unref();
    },
    progressDone() {
      clearTimeout(timer);
      timer = undefined;
      since = undefined;
      current = undefined;
      phase = undefined;
      hide();
    },
    summary(text) {
      if (!quiet) line(text);
    },
    raw(text) {
      hide();
      stream.write(text);
    },
  };
};
