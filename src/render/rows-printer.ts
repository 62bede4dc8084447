import { colourJson } from './colour-json.js';
import { firstLines } from './lines.js';
import type { RowStream, RowsOptions } from './output.js';
import { checkJqFormat, checkLiveFormat, coloursJson, effectiveFormat, type OutputOptions } from './output-options.js';
import { type PathWatch, pathWatch } from './path-watch.js';
import { jqWriter, orderedBatches, type RowsWriter, rawChunks, rowsWriter } from './print-rows.js';
import { checkFields, parseSort } from './select.js';
import type { Sink } from './sink.js';
import { stdoutIsPourable } from './stdout-kind.js';
import type { Dress } from './view.js';

/** What several results of one live stream share. */
export interface LiveRows {
  printed: number;
  /** The engine, writing itself, found the reader gone. */
  gone: boolean;
  writer: RowsWriter | undefined;
}

type RowsPrinter = (rows: RowStream, options: RowsOptions) => Promise<number | undefined>;

/** Prints query rows on `sink`; see `Output.rows`. */
export const rowsPrinter = (
  sink: Sink,
  options: OutputOptions & { readonly dressNow: () => Dress },
  live: LiveRows,
): RowsPrinter => {
  const { fields, sort, limit, dressNow, isTerminal, notes } = options;

  const put = async (text: string | Uint8Array): Promise<void> => {
    if (text.length === 0) return;
    notes.progressDone();
    await sink.write(text);
  };

  /** `live` shares its limit between results; 0 = all. */
  const limitNow = (isLive: boolean): number => (limit ?? 0) - (isLive && limit ? live.printed : 0);

  const poured = async (rows: RowStream): Promise<boolean> => {
    if (!rows.pour || !(options.pourable ?? stdoutIsPourable)()) return false;
    await sink.flush();
    if (!sink.closed) live.gone = (await rows.pour('/dev/stdout')).closed;
    return true;
  };

  const passThrough = async (rows: RowStream, { countAll }: RowsOptions, most: number): Promise<number> => {
    let count = 0;
    let shown = 0;
    for await (const { part, lines } of rawChunks(rows.ndjson(), countAll ? 0 : most)) {
      const room = most === 0 ? lines : Math.min(lines, Math.max(0, most - count));
      count += lines;
      shown += room;
      if (room === lines) await put(part);
      else if (room > 0) await put(firstLines(part, room).part);
      if (sink.closed && !countAll) break;
    }
    live.printed += shown;
    return count;
  };

  const jqRows = async (texts: AsyncIterable<string>): Promise<void> => {
    for await (const text of texts) {
      await put(text);
      if (sink.closed) return;
    }
  };

  const converted = async (
    rows: RowStream,
    rowsOptions: RowsOptions,
    { most, see }: { readonly most: number; readonly see: PathWatch['see'] },
  ): Promise<number> => {
    const isLive = rowsOptions.live === true;
    const format = effectiveFormat(options, 'rows');
    const coloured = coloursJson(options, format) ? colourJson : String;
    const program = options.jq ? jqWriter(await options.jq(), { fields, see }) : undefined;
    const { columns } = rows;
    const elide = isTerminal && format === 'table' && limit === undefined && !isLive;
    const writer =
      (isLive ? live.writer : undefined) ??
      (await rowsWriter({
        format,
        columns,
        fields,
        see,
        header: options.header ?? true,
        elide,
        dress: dressNow(),
        yaml: options.yaml,
      }));
    const isFirst = !isLive || live.writer === undefined;
    if (isLive) live.writer = writer;
    const isTable = format === 'table' || format === 'wide';
    if (isFirst && !program) await put(coloured(writer.begin));

    let count = 0;
    let shown = 0;
    for await (const lines of orderedBatches(rows.ndjson(), { sort, limit: rowsOptions.countAll ? 0 : most, see })) {
      const showing = most === 0 ? lines : lines.slice(0, Math.max(0, most - count));
      count += lines.length;
      shown += showing.length;
      if (showing.length > 0 && !sink.closed) {
        if (program) await jqRows(program(showing));
        else await put(coloured(writer.batch(showing)));
      }
      if (isLive) await put(writer.settle());
      if (sink.closed && !rowsOptions.countAll) break;
    }
    live.printed += shown;
    if (!isLive && !program) await put(coloured(writer.end(shown)));
    if (count === 0 && isTable && !isLive && !program) notes.note('No rows found.');
    return count;
  };

  return async (rows, rowsOptions) => {
    checkJqFormat(options);
    const format = effectiveFormat(options, 'rows');
    const names = rows.columns.map(({ name }) => name);
    if (rowsOptions.live) checkLiveFormat(format);
    if (fields) checkFields(fields, names, '--fields');
    if (sort !== undefined) checkFields([parseSort(sort).field], names, '--sort');
    const isPlain = !options.jq && !coloursJson(options, format);
    const untouched = format === 'ndjson' && !fields && sort === undefined && isPlain;
    const most = limitNow(rowsOptions.live === true);
    if (limit && most <= 0 && !rowsOptions.countAll) {
      rows.cancel();
      return 0;
    }
    let isWhole = false;
    try {
      const mayPour = untouched && !limit && !rowsOptions.live && !rowsOptions.countAll;
      if (mayPour && (await poured(rows))) {
        isWhole = !live.gone;
        return undefined;
      }
      const watch = pathWatch({ fields, sort }, names);
      const count = untouched
        ? await passThrough(rows, rowsOptions, most)
        : await converted(rows, rowsOptions, { most, see: watch.see });
      if (!rowsOptions.live) watch.warn(notes, count);
      isWhole = rowsOptions.countAll === true || (!limit && !sink.closed);
      return count;
    } finally {
      // Rows that nobody will read need not be made.
      if (!isWhole) rows.cancel();
    }
  };
};
