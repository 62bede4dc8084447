import { stringifyJson } from '../base/exact-json.js';
import { colourJson } from './colour-json.js';
import { loadWidths } from './measure.js';
import type { Output, RowStream, RowsOptions } from './output.js';
import { checkJqFormat, checkLiveFormat, coloursJson, effectiveFormat, type OutputOptions } from './output-options.js';
import { pagedSink } from './pager.js';
import { pathWatch } from './path-watch.js';
import { chosenItems, listDocument, listWriter } from './print-list.js';
import { thingText } from './print-thing.js';
import { withNewline } from './record-format.js';
import { type LiveRows, rowsPrinter } from './rows-printer.js';
import { checkFieldsOf, parseSort, project } from './select.js';
import { type Sink, streamSink } from './sink.js';
import type { Dress, ListView, ThingView } from './view.js';

/** An output that can refuse a command before it works. */
export interface CheckedOutput extends Output {
  /** Throws `usage` for a bad `--jq`, or one that does not go with `-o`: call it before any work is done. */
  check(): Promise<void>;
}

/** stdout by these options; nothing is opened or loaded before it is needed. */
export const createOutput = (options: OutputOptions): CheckedOutput => {
  const screen = streamSink(options.stdout);
  const sink = options.pager && options.isTerminal ? pagedSink(screen, options.pager) : screen;
  return outputOn(sink, options);
};

/** The items, each seen on its way. */
async function* watchedItems<T>(items: AsyncIterable<T>, see: ((item: T) => void) | undefined): AsyncGenerator<T> {
  for await (const item of items) {
    see?.(item);
    yield item;
  }
}

const laysOutCells = (format: string): boolean => format === 'table' || format === 'wide';

const outputOn = (sink: Sink, options: OutputOptions): CheckedOutput => {
  const { isTerminal, fields, sort, limit, notes, yaml } = options;
  const header = options.header ?? true;
  const dressNow = (): Dress => ({
    colour: options.colour ?? false,
    unicode: options.unicode ?? true,
    width: isTerminal ? options.width?.() : undefined,
  });
  const live: LiveRows = { printed: 0, gone: false, writer: undefined };
  const printRows = rowsPrinter(sink, { ...options, dressNow }, live);

  const put = async (text: string): Promise<void> => {
    if (text === '') return;
    notes.progressDone();
    await sink.write(text);
  };

  const filtered = async (jsonLines: string): Promise<void> => {
    const program = await options.jq?.();
    if (!program) return;
    for await (const text of program.run(jsonLines)) {
      await put(text);
      if (sink.closed) return;
    }
  };

  const print = async <T>(thing: T, view: ThingView<T>): Promise<void> => {
    checkJqFormat(options);
    if (fields) checkFieldsOf(thing, fields, '--fields');
    if (sort !== undefined) checkFieldsOf(thing, [parseSort(sort).field], '--sort');
    if (options.jq) {
      return filtered(`${stringifyJson(fields ? project(thing, fields) : thing)}\n`);
    }
    const format = effectiveFormat(options, 'thing');
    if (laysOutCells(format)) await loadWidths();
    const text = await thingText(thing, view, { format, fields, header, pretty: isTerminal, dress: dressNow(), yaml });
    await put(coloursJson(options, format) ? colourJson(text) : text);
  };

  const list = async <T>(items: Iterable<T> | AsyncIterable<T>, view: ListView<T>): Promise<number> => {
    checkJqFormat(options);
    const format = effectiveFormat(options, 'list');
    if (laysOutCells(format)) await loadWidths();
    if (view.live) checkLiveFormat(format);
    const most = limit || Number.POSITIVE_INFINITY;
    const { names, chosen } = await chosenItems(items, view, { fields, sort, limit: view.verdict ? 0 : limit });
    const watch = pathWatch({ fields, sort }, names);
    const watched = watchedItems(chosen, watch.see);
    if (options.jq && !view.live) {
      const document = await listDocument(watched, { fields, most });
      await filtered(`${document.text}\n`);
      watch.warn(notes, document.count);
      return document.count;
    }
    const coloured = coloursJson(options, format) ? colourJson : String;
    const isTable = format === 'table' || format === 'wide';
    const elide = isTerminal && format === 'table' && limit === undefined && !view.live;
    const listOptions = { format, fields, sort, limit, header, pretty: isTerminal, elide, dress: dressNow(), yaml };
    const writer = await listWriter(view, names, listOptions);
    let count = 0;
    for await (const item of watched) {
      if (view.live && sink.closed) break;
      if (count >= most) continue;
      if (count === 0) await put(coloured(writer.begin));
      count++;
      if (options.jq) await filtered(`${stringifyJson(fields ? project(item, fields) : item)}\n`);
      else await put(coloured(writer.item(item)));
    }
    if (count === 0) await put(isTable ? '' : coloured(writer.begin));
    if (count === 0 && isTable) notes.note(`No ${view.noun} found.`);
    else if (!options.jq) await put(coloured(writer.end(count)));
    if (!view.live) watch.warn(notes, count);
    return count;
  };

  return {
    format: options.format,
    isTerminal,
    limit,
    get closed() {
      return sink.closed || live.gone || (limit !== undefined && limit > 0 && live.printed >= limit);
    },
    print,
    list,
    rows: async (rows: RowStream, rowsOptions: RowsOptions = {}) => {
      if (laysOutCells(effectiveFormat(options, 'rows'))) await loadWidths();
      return printRows(rows, rowsOptions);
    },
    text: (text) => put(withNewline(text)),
    as: (format) => outputOn(sink, { ...options, format }),
    async check() {
      checkJqFormat(options);
      await options.jq?.();
    },
    flush: () => sink.flush(),
  };
};
