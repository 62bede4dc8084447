import { parseExactJson } from '../base/exact-json.js';
import type { ResultColumn } from '../core/query/index.js';
import { cellText } from './delimited.js';
import { firstLines, lineBatches } from './lines.js';
import type { Format, JqProgram } from './output.js';
import type { PathWatch } from './path-watch.js';
import {
  delimitedFormat,
  jsonFormat,
  markdownFormat,
  ndjsonFormat,
  type OutRecord,
  type RecordFormat,
  yamlFormat,
} from './record-format.js';
import { parseSort, project, sorted, valueAt } from './select.js';
import type { Cell, TableColumn } from './table.js';
import { type TableFlow, tableFlow } from './table-flow.js';
import type { Dress } from './view.js';

/** A row as NDJSON has it; parsed only where something looks into it. */
const rowRecord = (raw: string, { fields, see }: Looks): OutRecord => {
  if (!fields) return { raw, value: () => parseExactJson(raw) };
  const value = (): unknown => {
    const row = parseExactJson(raw);
    see?.(row);
    return project(row, fields);
  };
  return { value };
};

/** What is taken from a row, and who looks at each row that is parsed for it. */
interface Looks {
  readonly fields: readonly string[] | undefined;
  readonly see: PathWatch['see'];
}

const numeric = new Set<ResultColumn['type']>(['int', 'long', 'real', 'decimal']);
/** Text gives way first, nested values before it; what is short by nature comes last. */
const shrinks: Readonly<Partial<Record<ResultColumn['type'], number>>> = {
  dynamic: 3,
  vector: 3,
  binary: 2,
  string: 1,
};

/** Columns of the table that query rows are shown in. */
export const rowColumns = (
  columns: readonly ResultColumn[],
  fields: readonly string[] | undefined,
): readonly TableColumn[] => {
  const known = new Map(columns.map((column) => [column.name, column]));
  return (fields ?? columns.map(({ name }) => name)).map((name) => {
    const type = known.get(name)?.type;
    return {
      head: name.toUpperCase(),
      align: type && numeric.has(type) ? 'right' : 'left',
      id: type === 'guid' || idName.test(name),
      shrink: type ? (shrinks[type] ?? 0) : 1,
    };
  });
};

const longLine = 65_536;
const idName = /(^|[_.-])(id|uid|uuid|guid)$/i;

const tableCell = (value: unknown): Cell =>
  value === null || value === undefined ? { text: 'null', tone: 'dim' } : { text: cellText(value) };

export interface RowsFormatOptions extends Looks {
  readonly format: Format;
  readonly columns: readonly ResultColumn[];
  readonly header: boolean;
  readonly elide: boolean;
  readonly dress: Dress;
  readonly yaml: () => Promise<(value: unknown) => string>;
}

/** Text of one batch of raw rows after the other. */
export interface RowsWriter {
  readonly begin: string;
  batch(lines: readonly string[]): string;
  /** What is held back of a live stream. */
  settle(): string;
  end(count: number): string;
}

const byRecord = (format: RecordFormat, looks: Looks): RowsWriter => ({
  begin: format.begin,
  batch: (lines) => lines.map((line) => format.record(rowRecord(line, looks))).join(''),
  settle: () => '',
  end: (count) => format.end(count),
});

const byTable = (flow: TableFlow, names: readonly string[], see: Looks['see']): RowsWriter => {
  const cells = (line: string): readonly Cell[] => {
    const value = parseExactJson(line);
    see?.(value);
    return names.map((name) => tableCell(valueAt(value, name)));
  };
  // A row that may never be shown is not parsed; a long one is cut to its cells at once, to keep memory bounded.
  const row = (line: string): string => flow.add(line.length < longLine ? () => cells(line) : cells(line));
  return {
    begin: '',
    batch: (lines) => lines.map(row).join(''),
    settle: () => flow.settle(),
    end: () => flow.end(),
  };
};

/** The writer of query rows in the format asked for. */
export const rowsWriter = async (options: RowsFormatOptions): Promise<RowsWriter> => {
  const { format, fields, see, header, dress } = options;
  const looks = { fields, see };
  const names = fields ?? options.columns.map(({ name }) => name);
  switch (format) {
    case 'table':
    case 'wide': {
      const columns = rowColumns(options.columns, fields);
      const width = format === 'wide' ? undefined : dress.width;
      const { elide } = options;
      return byTable(tableFlow({ columns, noun: 'rows', colour: dress.colour, header, width, elide }), names, see);
    }
    case 'json':
      // Not indented: a result may be long, and a row a line can be read and cut.
      return byRecord(jsonFormat({ pretty: false }), looks);
    case 'ndjson':
      return byRecord(ndjsonFormat(), looks);
    case 'yaml':
      return byRecord(yamlFormat(await options.yaml()), looks);
    case 'csv':
    case 'tsv':
      return byRecord(delimitedFormat(format, { header, columns: names }), looks);
    case 'md': {
      const aligns = rowColumns(options.columns, fields).map(({ align }) => align);
      return byRecord(markdownFormat(names, aligns), looks);
    }
    case 'name': {
      const first = names.slice(0, 1);
      return byRecord(delimitedFormat('tsv', { header: false, columns: first }), { fields: first, see });
    }
  }
};

/** Each batch through jq: strings raw, other values compact. The rows before a failing one still come out. */
export const jqWriter = (program: JqProgram, looks: Looks) => {
  const compact = ndjsonFormat();
  return (lines: readonly string[]): AsyncIterable<string> =>
    program.run(
      looks.fields ? lines.map((line) => compact.record(rowRecord(line, looks))).join('') : `${lines.join('\n')}\n`,
    );
};

/** The lines of a result in the order of `--sort`, at most `limit` (0 = all), in batches. */
export async function* orderedBatches(
  chunks: AsyncIterable<Uint8Array>,
  { sort, limit, see }: { readonly sort: string | undefined; readonly limit: number; readonly see: PathWatch['see'] },
): AsyncGenerator<readonly string[]> {
  if (sort === undefined) return yield* limit > 0 ? cutBatches(lineBatches(chunks), limit) : lineBatches(chunks);
  const { field, descending } = parseSort(sort);
  async function* single(): AsyncGenerator<string> {
    for await (const lines of lineBatches(chunks)) yield* lines;
  }
  const key = (line: string): unknown => {
    const row = parseExactJson(line);
    see?.(row);
    return valueAt(row, field);
  };
  const inOrder = await sorted(single(), { key, descending, limit });
  for (let at = 0; at < inOrder.length; at += 1_000) yield inOrder.slice(at, at + 1_000);
}

async function* cutBatches(
  batches: AsyncIterable<readonly string[]>,
  limit: number,
): AsyncGenerator<readonly string[]> {
  let left = limit;
  for await (const lines of batches) {
    yield lines.slice(0, left);
    left -= lines.length;
    if (left <= 0) return;
  }
}

/** NDJSON bytes untouched, at most `limit` lines (0 = all), with the number of lines in each chunk. */
export async function* rawChunks(
  chunks: AsyncIterable<Uint8Array>,
  limit: number,
): AsyncGenerator<{ readonly part: Uint8Array; readonly lines: number }> {
  let left = limit > 0 ? limit : Number.POSITIVE_INFINITY;
  for await (const chunk of chunks) {
    const cut = firstLines(chunk, left);
    left -= cut.lines;
    yield cut;
    if (left <= 0) return;
  }
}
