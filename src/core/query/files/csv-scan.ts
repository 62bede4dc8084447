import { kind, type ScanFault } from '../ingest/index.js';
import { type FileColumn, fileColumnType } from './columns.js';
import { CsvRecordReader, raggedRecord } from './csv-record.js';
import { textKind } from './text-kind.js';

export interface CsvScan {
  readonly columns: readonly FileColumn[];
  readonly rows: number;
  /** Longest record in bytes. */
  readonly longestRecord: number;
  /** Some quoted field spans lines. */
  readonly multiline: boolean;
  /** Records end in `\n` here and in `\r\n` there. */
  readonly mixedLineEnds: boolean;
  /** Names of the header that look like values: perhaps there is no header. */
  readonly suspiciousNames: readonly string[];
}

export interface CsvScanner {
  /** Bytes in any pieces, UTF-8, without byte-order mark. */
  push(bytes: Uint8Array): ScanFault | undefined;
  /** To be called once, at the end of the file. */
  end(): ScanFault | undefined;
  scan(): CsvScan;
}

/** No number, boolean or time is longer. */
const longestTypedText = 40;

const decoder = new TextDecoder();

/** Separator of a `.csv`: `;` where the first line has that and no comma outside quotes. */
export const csvDelimiter = (firstLine: string): ',' | ';' => {
  const outside = firstLine.replace(/"[^"]*"/g, '');
  return !outside.includes(',') && outside.includes(';') ? ';' : ',';
};

/** Names as they can be asked for: none empty, none twice. */
const usableNames = (fields: readonly string[]): readonly string[] => {
  const taken = new Set<string>();
  return fields.map((field, index) => {
    const wanted = field.trim() === '' ? `column${index + 1}` : field;
    let name = wanted;
    for (let n = 2; taken.has(name.toLowerCase()); n++) name = `${wanted}_${n}`;
    taken.add(name.toLowerCase());
    return name;
  });
};

/**
 * Reads CSV (RFC 4180) record by record, in bounded memory: the first record names the columns, every other one must
 * have as many fields. Types follow from all values (`textKind`); an empty field without quotes is null, `""` is an
 * empty text. Blank lines are skipped where there is more than one column.
 */
export const csvScanner = (delimiter: string): CsvScanner => {
  const reader = new CsvRecordReader(delimiter);
  const { starts, ends, quoted } = reader;
  let pending = new Uint8Array(0);
  let names: readonly string[] | undefined;
  let suspicious: readonly string[] = [];
  let kinds = new Int32Array(0);
  let line = 1;
  let rows = 0;
  let longest = 0;
  let multiline = false;

  const text = (b: Uint8Array, field: number): string => {
    const raw = decoder.decode(b.subarray(starts[field], ends[field]));
    return quoted[field] ? raw.replaceAll('""', '"') : raw;
  };

  const nameColumns = (b: Uint8Array): void => {
    const fields = starts.map((_, field) => text(b, field));
    names = usableNames(fields);
    suspicious = fields.filter((field) => field !== '' && textKind(field) !== kind.text);
    kinds = new Int32Array(names.length);
  };

  const note = (b: Uint8Array): void => {
    for (let field = 0; field < kinds.length; field++) {
      const seen = kinds[field] ?? 0;
      const length = (ends[field] ?? 0) - (starts[field] ?? 0);
      if (seen & kind.text || (length === 0 && !quoted[field])) continue;
      kinds[field] = seen | (length > longestTypedText ? kind.text : textKind(text(b, field)));
    }
  };

  const take = (b: Uint8Array, from: number): ScanFault | undefined => {
    const { isBlank, lines, next } = reader;
    const length = next - from;
    if (length > longest) longest = length;
    if (names === undefined && !isBlank) nameColumns(b);
    else if (names !== undefined && !(isBlank && names.length > 1)) {
      if (starts.length !== names.length)
        return { at: { line, column: 1 }, message: raggedRecord(names.length, starts.length) };
      rows++;
      note(b);
    }
    if (lines > 0) multiline = true;
    line += lines + 1;
    return undefined;
  };

  const readAll = (b: Uint8Array, last: boolean): ScanFault | undefined => {
    let at = 0;
    while (at < b.length) {
      const outcome = reader.read(b, at, last);
      if (outcome === 'incomplete') break;
      if (outcome !== 'record') return { ...outcome, at: { ...outcome.at, line: line + outcome.at.line } };
      const refused = take(b, at);
      if (refused) return refused;
      at = reader.next;
    }
    pending = b.slice(at);
    return undefined;
  };

  return {
    push: (bytes) => {
      if (pending.length === 0) return readAll(bytes, false);
      const b = new Uint8Array(pending.length + bytes.length);
      b.set(pending);
      b.set(bytes, pending.length);
      return readAll(b, false);
    },
    end: () => readAll(pending, true),
    scan: () => ({
      columns: (names ?? []).map((name, index) => ({ name, type: fileColumnType(kinds[index] ?? 0) })),
      rows,
      longestRecord: longest,
      multiline,
      mixedLineEnds: reader.withCr && reader.withoutCr,
      suspiciousNames: suspicious,
    }),
  };
};
