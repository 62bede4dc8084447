import { stringifyJson } from '../base/exact-json.js';
import { cellText } from './delimited.js';
import type { Format } from './output.js';
import {
  delimitedFormat,
  jsonFormat,
  markdownFormat,
  ndjsonFormat,
  type OutRecord,
  type RecordFormat,
  yamlFormat,
} from './record-format.js';
import { checkFields, fieldNames, parseSort, project, sorted, valueAt } from './select.js';
import type { Cell } from './table.js';
import { type TableFlow, tableFlow } from './table-flow.js';
import type { Column, Dress, ListView } from './view.js';

export interface ListOptions {
  readonly format: Format;
  readonly fields: readonly string[] | undefined;
  readonly sort: string | undefined;
  readonly limit: number | undefined;
  readonly header: boolean;
  readonly pretty: boolean;
  readonly elide: boolean;
  readonly dress: Dress;
  readonly yaml: () => Promise<(value: unknown) => string>;
}

/** Text of one item after the other. */
export interface ItemWriter<T> {
  readonly begin: string;
  item(item: T): string;
  end(count: number): string;
}

const isSync = <T>(items: Iterable<T> | AsyncIterable<T>): items is Iterable<T> => Symbol.iterator in items;

/** The first item, and all of them once more. */
const peeked = async <T>(items: AsyncIterable<T>): Promise<{ first: readonly T[]; all: AsyncIterable<T> }> => {
  const source = items[Symbol.asyncIterator]();
  const first = await source.next();
  async function* all(): AsyncGenerator<T> {
    try {
      for (let next = first; !next.done; next = await source.next()) yield next.value;
    } finally {
      await source.return?.();
    }
  }
  return { first: first.done ? [] : [first.value], all: all() };
};

async function* taken<T>(items: Iterable<T> | AsyncIterable<T>, limit: number): AsyncGenerator<T> {
  let count = 0;
  for await (const item of items) {
    yield item;
    count++;
    if (count === limit) return;
  }
}

/** The items that go out, in their order, and the names of their fields. `usage` for unknown fields. */
export const chosenItems = async <T>(
  items: Iterable<T> | AsyncIterable<T>,
  view: ListView<T>,
  { fields, sort, limit = 0 }: Pick<ListOptions, 'fields' | 'sort' | 'limit'>,
): Promise<{ readonly names: readonly string[]; readonly chosen: AsyncIterable<T> }> => {
  const array = isSync(items) ? [...items] : undefined;
  const { first, all } = array ? { first: array, all: taken(array, 0) } : await peeked(taken(items, 0));
  const names = view.fields ?? [...new Set(first.flatMap(fieldNames))];
  const isKnown = first.length > 0 || view.fields !== undefined;
  if (fields && isKnown) checkFields(fields, names, '--fields');
  const key = sort === undefined ? undefined : parseSort(sort);
  if (key && isKnown) checkFields([key.field], names, '--sort');
  if (!key) return { names, chosen: taken(all, limit) };
  const inOrder = await sorted(all, { key: (item) => valueAt(item, key.field), descending: key.descending, limit });
  return { names, chosen: taken(inOrder, 0) };
};

const recordWriter = <T>(format: RecordFormat, fields: readonly string[] | undefined): ItemWriter<T> => ({
  begin: format.begin,
  item: (item) => format.record(fields ? { value: () => project(item, fields) } : { value: () => item }),
  end: (count) => format.end(count),
});

const tableWriter = <T>(flow: TableFlow, cells: (item: T) => readonly Cell[], live: boolean): ItemWriter<T> => ({
  begin: '',
  item: (item) => flow.add(cells(item)) + (live ? flow.settle() : ''),
  end: () => flow.end(),
});

const shownColumns = <T>(view: ListView<T>, format: Format): readonly Column<T>[] =>
  view.columns.filter((column) => format === 'wide' || !column.wide);

const fieldColumns = <T>(fields: readonly string[]): readonly Column<T>[] =>
  fields.map((field) => ({ head: field.toUpperCase(), cell: (item) => cellText(valueAt(item, field)) }));

const peopleTable = <T>(view: ListView<T>, { format, fields, dress, header, elide }: ListOptions): ItemWriter<T> => {
  const columns = fields ? fieldColumns<T>(fields) : shownColumns(view, format);
  const width = format === 'wide' ? undefined : dress.width;
  const flow = tableFlow({ columns, noun: view.noun, colour: dress.colour, header, width, elide });
  const cells = (item: T): Cell[] => columns.map((column) => ({ text: column.cell(item), tone: column.tone?.(item) }));
  return tableWriter(flow, cells, view.live === true);
};

/** Markdown is for people: it shows the view's columns in full. */
const markdown = <T>(view: ListView<T>, { fields }: ListOptions): ItemWriter<T> => {
  if (fields) return recordWriter(markdownFormat(fields), fields);
  const columns = shownColumns(view, 'md');
  const format = markdownFormat(
    columns.map(({ head }) => head),
    columns.map(({ align }) => align),
  );
  const record = (item: T): OutRecord => ({
    value: () => new Map(columns.map((column) => [column.head, column.cell(item)])),
  });
  return { begin: format.begin, item: (item) => format.record(record(item)), end: format.end };
};

/** The writer of a list's items in the format asked for. */
export const listWriter = async <T>(
  view: ListView<T>,
  names: readonly string[],
  options: ListOptions,
): Promise<ItemWriter<T>> => {
  const { format, fields, header, pretty } = options;
  switch (format) {
    case 'table':
    case 'wide':
      return peopleTable(view, options);
    case 'json':
      return recordWriter(jsonFormat({ pretty }), fields);
    case 'ndjson':
      return recordWriter(ndjsonFormat(), fields);
    case 'yaml':
      return recordWriter(yamlFormat(await options.yaml()), fields);
    case 'csv':
    case 'tsv':
      return recordWriter(delimitedFormat(format, { header, columns: fields ?? names }), fields);
    case 'md':
      return markdown(view, options);
    case 'name':
      return { begin: '', item: (item) => `${view.name(item)}\n`, end: () => '' };
  }
};

/** The first `most` items as one JSON text: what `--jq` gets. All items are read. */
export const listDocument = async <T>(
  items: AsyncIterable<T>,
  { fields, most }: { readonly fields: readonly string[] | undefined; readonly most: number },
): Promise<{ readonly count: number; readonly text: string }> => {
  const all: T[] = [];
  for await (const item of items) if (all.length < most) all.push(item);
  return { count: all.length, text: stringifyJson(fields ? all.map((item) => project(item, fields)) : all) };
};
