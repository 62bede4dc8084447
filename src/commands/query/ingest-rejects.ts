import type { Context } from '../../context.js';
import type { InvalidLine } from '../../core/query/index.js';
import type { NewFile } from '../../core/shared/index.js';
import { countOf } from './count-of.js';
import type { TakeInvalid } from './ingest-source.js';

const newline = new Uint8Array([10]);

/** Where the lines go that are no rows, or do not fit the table. */
export interface Rejects {
  /** Lines of one call stay together. */
  readonly take: TakeInvalid;
  /** Keeps the file, and says on stderr how many lines there are. */
  finish(): Promise<void>;
  /** Leaves no file behind; safe after `finish`. */
  discard(): Promise<void>;
}

/** Opens the file where one is wanted; one that exists is `conflict`. */
export const openRejects = async (ctx: Context, path: string | undefined): Promise<Rejects> => {
  const file: NewFile | undefined =
    path === undefined || ctx.settings.dryRun ? undefined : await (await ctx.files()).create(path, 'refuse');
  let count = 0;
  let example: string | undefined;
  let written: Promise<void> = Promise.resolve();

  const write = async (lines: readonly InvalidLine[]): Promise<void> => {
    for (const { bytes } of lines) await file?.write(Buffer.concat([bytes, newline]));
  };

  return {
    take: (from, lines) => {
      count += lines.length;
      for (const { line, column, message } of lines) {
        const place = from.countedIn === 'rows' ? `row ${line}` : `line ${line}, column ${column}`;
        const fault = `${from.name}: ${place}: ${message}`;
        example ??= fault;
        ctx.err.verbose(`skipped ${fault}`);
      }
      // Chunks on their way may come here at once.
      written = written.then(() => write(lines));
      return written;
    },
    finish: async () => {
      await file?.commit();
      if (example === undefined) return;
      ctx.err.progressDone();
      ctx.err.warn(`${countOf(count, 'line')} skipped${path === undefined ? '' : `, kept in ${path}`}`);
      ctx.err.note(`for example ${example}`);
    },
    discard: async () => file?.discard(),
  };
};
