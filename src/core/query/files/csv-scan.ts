import { kind, type ScanFault } from '../ingest/index.js';
import { type FileColumn, fileColumnType } from './columns.js';
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

const [quote, lf, cr] = [34, 10, 13];
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

/** A record that has been read: where its fields lie, or what is wrong, or that more bytes are needed. */
type Outcome = 'record' | 'incomplete' | ScanFault;

/**
 * Reads CSV (RFC 4180) record by record, in bounded memory: the first record names the columns, every other one must
 * have as many fields. Types follow from all values (`textKind`); an empty field without quotes is null, `""` is an
 * empty text. Blank lines are skipped where there is more than one column.
 */
export const csvScanner = (delimiter: string): CsvScanner => {
  const separator = delimiter.charCodeAt(0);
  let pending = new Uint8Array(0);
  let names: readonly string[] | undefined;
  let suspicious: readonly string[] = [];
  let kinds = new Int32Array(0);
  let line = 1;
  let rows = 0;
  let longest = 0;
  let multiline = false;
  let withCr = false;
  let withoutCr = false;
  // Of the record being read: start and end of each field, and whether it stood in quotes.
  const starts: number[] = [];
  const ends: number[] = [];
  const quoted: boolean[] = [];
  let next = 0;
  let lines = 0;

  const fault = (atLine: number, column: number, message: string): ScanFault => ({
    at: { line: atLine, column },
    message,
  });

  /** Offset behind the closing quote of the field whose text begins at `from`; -1 where it does not close here. */
  const closeQuote = (b: Uint8Array, from: number): number => {
    let i = from;
    for (;;) {
      i = b.indexOf(quote, i);
      if (i < 0) return -1;
      if (b[i + 1] !== quote) return i + 1;
      i += 2;
    }
  };

  const newlines = (b: Uint8Array, from: number, to: number): number => {
    let count = 0;
    for (let i = b.indexOf(lf, from); i >= 0 && i < to; i = b.indexOf(lf, i + 1)) count++;
    return count;
  };

  const put = (from: number, to: number, inQuotes: boolean): void => {
    starts.push(from);
    ends.push(to);
    quoted.push(inQuotes);
  };

  const read = (b: Uint8Array, from: number, last: boolean): Outcome => {
    starts.length = ends.length = quoted.length = 0;
    lines = 0;
    let i = from;
    for (;;) {
      const start = i;
      let inQuotes = false;
      while (b[i] === 32) i++;
      if (b[i] === quote) {
        const close = closeQuote(b, i + 1);
        if (close < 0) return last ? fault(line + lines, i - from + 1, 'the quote is never closed') : 'incomplete';
        if (close >= b.length && !last) return 'incomplete';
        lines += newlines(b, i, close);
        put(i + 1, close - 1, true);
        inQuotes = true;
        i = close;
      } else {
        let c = b[i];
        while (i < b.length && c !== separator && c !== lf && c !== cr) c = b[++i];
      }
      if (i >= b.length && !last) return 'incomplete';
      const c = b[i];
      if (c === cr && b[i + 1] !== lf && i + 1 < b.length)
        return fault(line + lines, i - from + 1, 'a carriage return that is not part of a line end and not in quotes');
      if (inQuotes && i < b.length && c !== separator && c !== lf && c !== cr)
        return fault(line + lines, i - from + 1, 'text directly behind a closing quote');
      if (!inQuotes) put(start, i, false);
      if (c === separator) {
        i++;
        continue;
      }
      if (c === cr && i + 1 >= b.length && !last) return 'incomplete';
      if (c === cr) withCr = true;
      else if (c === lf) withoutCr = true;
      next = Math.min(i + (c === cr ? 2 : 1), b.length);
      return 'record';
    }
  };

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
    const blank = starts.length === 1 && !quoted[0] && starts[0] === ends[0];
    const length = next - from;
    if (length > longest) longest = length;
    if (names === undefined && !blank) nameColumns(b);
    else if (names !== undefined && !(blank && names.length > 1)) {
      if (starts.length !== names.length)
        return fault(line, 1, `the header has ${names.length} fields, this record has ${starts.length}`);
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
      const outcome = read(b, at, last);
      if (outcome === 'incomplete') break;
      const refused = outcome === 'record' ? take(b, at) : outcome;
      if (refused) return refused;
      at = next;
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
      mixedLineEnds: withCr && withoutCr,
      suspiciousNames: suspicious,
    }),
  };
};
