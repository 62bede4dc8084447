import { stringifyJson } from '../base/exact-json.js';
import { cellText, csvLine, markdownHead, markdownLine, tsvLine } from './delimited.js';
import { valueAt } from './select.js';

/** One item or row on its way out. */
export interface OutRecord {
  /** Its compact JSON text, where it came as such. */
  readonly raw?: string;
  value(): unknown;
}

/** Text of a sequence of records, made one record at a time. */
export interface RecordFormat {
  /** What stands before the first record. */
  readonly begin: string;
  record(record: OutRecord): string;
  /** What stands after the last one. */
  end(count: number): string;
}

const json = (record: OutRecord): string => record.raw ?? stringifyJson(record.value());

/** One compact value a line. */
export const ndjsonFormat = (): RecordFormat => ({ begin: '', record: (record) => `${json(record)}\n`, end: () => '' });

/** One array: a record a line, or indented where a person reads it. */
export const jsonFormat = ({ pretty }: { readonly pretty: boolean }): RecordFormat => {
  let separator = pretty ? '[\n  ' : '[';
  return {
    begin: '',
    record(record) {
      const text = pretty ? stringifyJson(record.value(), 2).replaceAll('\n', '\n  ') : json(record);
      const before = separator;
      separator = pretty ? ',\n  ' : ',\n';
      return before + text;
    },
    end: (count) => (count === 0 ? '[]\n' : pretty ? '\n]\n' : ']\n'),
  };
};

/** One YAML document; block sequences of one item each add up to one sequence. */
export const yamlFormat = (encode: (value: unknown) => string): RecordFormat => ({
  begin: '',
  record: (record) => withNewline(encode([record.value()])),
  end: (count) => (count === 0 ? withNewline(encode([])) : ''),
});

/** The text ending in exactly the newline that a line needs. */
export const withNewline = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`);

export interface DelimitedOptions {
  readonly header: boolean;
  readonly columns: readonly string[];
}

const cells = (record: OutRecord, columns: readonly string[]): string[] => {
  const value = record.value();
  return columns.map((column) => cellText(valueAt(value, column)));
};

/** CSV or TSV with a head line. */
export const delimitedFormat = (kind: 'csv' | 'tsv', { header, columns }: DelimitedOptions): RecordFormat => {
  const line = kind === 'csv' ? csvLine : tsvLine;
  return {
    begin: header && columns.length > 0 ? line(columns) : '',
    // A row of no columns has no place in a table.
    record: (record) => (columns.length > 0 ? line(cells(record, columns)) : ''),
    end: () => '',
  };
};

/** A Markdown table of the named fields. Its head is part of the syntax, so that it always stands. */
export const markdownFormat = (
  columns: readonly string[],
  aligns: readonly ('left' | 'right' | undefined)[] = [],
): RecordFormat => ({
  begin: columns.length > 0 ? markdownHead(columns, aligns) : '',
  record: (record) => (columns.length > 0 ? markdownLine(cells(record, columns)) : ''),
  end: () => '',
});
