import { OpsError } from './errors.js';

/** A number whose digits a JavaScript number would not give back: `1.10`, `1e400`, `0.1234567890123456789`. */
export class ExactNumber {
  /** As it stood in the text. */
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** For encoders that do not know the class: the digits survive, as text. */
  toJSON(): string {
    return this.text;
  }
}

/**
 * A JSON value that loses nothing: integers beyond 2^53 are bigint, other numbers that JavaScript would rewrite are
 * `ExactNumber`, objects are maps (plain objects move keys like `"1"` to the front).
 */
export type ExactJson =
  | null
  | boolean
  | number
  | bigint
  | string
  | ExactNumber
  | readonly ExactJson[]
  | ReadonlyMap<string, ExactJson>;

/** Deeper nesting is refused instead of exhausting the stack. */
const maxDepth = 2_500;
const numberToken = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
/** Some characters beyond the control characters of JSON match as well: they only take the slower way. */
const needsUnescape = /[\\\p{Cc}]/u;

const exactNumber = (text: string, isInteger: boolean): number | bigint | ExactNumber => {
  const value = Number(text);
  if (isInteger && !Number.isSafeInteger(value)) return BigInt(text);
  return String(value) === text ? value : new ExactNumber(text);
};

const isBlank = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;

class Reader {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  document(): ExactJson {
    const value = this.value(0);
    this.blanks();
    if (this.at < this.text.length) this.fail('unexpected text after the value');
    return value;
  }

  private fail(what: string): never {
    const before = this.text.slice(0, this.at).split('\n');
    const position = { line: before.length, column: (before.at(-1) ?? '').length + 1 };
    throw new OpsError(
      'invalid_data',
      `not valid JSON: ${what} at line ${position.line}, column ${position.column}`,
      'correct the JSON text and try again',
      { reason: 'bad_json', at: position },
    );
  }

  private blanks(): void {
    while (isBlank(this.text.charCodeAt(this.at))) this.at++;
  }

  private value(depth: number): ExactJson {
    if (depth > maxDepth) this.fail(`nested deeper than ${maxDepth}`);
    this.blanks();
    const first = this.text[this.at];
    if (first === '"') return this.string();
    if (first === '{') return this.object(depth);
    if (first === '[') return this.array(depth);
    if (first === 't') return this.word('true', true);
    if (first === 'f') return this.word('false', false);
    if (first === 'n') return this.word('null', null);
    return this.number();
  }

  private word<Value extends boolean | null>(word: string, value: Value): Value {
    if (!this.text.startsWith(word, this.at)) this.fail('unknown word');
    this.at += word.length;
    return value;
  }

  private number(): ExactJson {
    numberToken.lastIndex = this.at;
    const found = numberToken.exec(this.text);
    if (!found) this.fail(this.at >= this.text.length ? 'the text ends too early' : 'no value');
    const [token, fraction, exponent] = found;
    this.at += token.length;
    // `-0` is no bigint, and prints back as `0`.
    return exactNumber(token, fraction === undefined && exponent === undefined && token !== '-0');
  }

  /** No regular expression over the whole string: one of 50 MB must not exhaust its stack. */
  private string(): string {
    const start = this.at;
    let end = start;
    for (;;) {
      end = this.text.indexOf('"', end + 1);
      if (end < 0) this.fail('a string without its closing quote');
      let slashes = 0;
      while (this.text[end - 1 - slashes] === '\\') slashes++;
      if (slashes % 2 === 0) break;
    }
    const inner = this.text.slice(start + 1, end);
    if (!needsUnescape.test(inner)) {
      this.at = end + 1;
      return inner;
    }
    const value = unescaped(this.text.slice(start, end + 1));
    if (value === undefined) this.fail('a string with a bad escape or a control character');
    this.at = end + 1;
    return value;
  }

  private array(depth: number): readonly ExactJson[] {
    const items: ExactJson[] = [];
    this.at++;
    this.blanks();
    if (this.text[this.at] === ']') {
      this.at++;
      return items;
    }
    for (;;) {
      items.push(this.value(depth + 1));
      if (this.endsWith(']')) return items;
    }
  }

  private object(depth: number): ReadonlyMap<string, ExactJson> {
    const entries = new Map<string, ExactJson>();
    this.at++;
    this.blanks();
    if (this.text[this.at] === '}') {
      this.at++;
      return entries;
    }
    for (;;) {
      this.blanks();
      if (this.text[this.at] !== '"') this.fail('a key in quotes is missing');
      const key = this.string();
      this.blanks();
      if (this.text[this.at] !== ':') this.fail('":" is missing');
      this.at++;
      entries.set(key, this.value(depth + 1));
      if (this.endsWith('}')) return entries;
    }
  }

  private endsWith(close: ']' | '}'): boolean {
    this.blanks();
    const next = this.text[this.at];
    if (next !== ',' && next !== close) this.fail(`"," or "${close}" is missing`);
    this.at++;
    return next === close;
  }
}

/** What the quoted token means; undefined where it is no JSON string. */
const unescaped = (token: string): string | undefined => {
  try {
    const value: unknown = JSON.parse(token);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined; // the caller knows the place and says it
  }
};

/**
 * Reads one JSON value; of duplicate keys the last wins, in the first one's place. Throws `invalid_data` with line and
 * column (UTF-16 units, from 1).
 *
 * @example stringifyJson(parseExactJson('{"2":9223372036854775807,"1":1.10}')) // the same text again
 */
export const parseExactJson = (text: string): ExactJson => new Reader(text).document();

const plainEntries = (value: object): [string, unknown][] =>
  value instanceof Map
    ? [...value].map(([key, item]) => [String(key), item])
    : Object.entries(value).filter(([, item]) => item !== undefined && typeof item !== 'function');

const join = (
  parts: readonly string[],
  [open, close]: readonly [string, string],
  pad: string,
  step: string,
): string => {
  if (parts.length === 0) return open + close;
  if (step === '') return open + parts.join(',') + close;
  return `${open}\n${pad}${step}${parts.join(`,\n${pad}${step}`)}\n${pad}${close}`;
};

const written = (value: unknown, pad: string, step: string): string => {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : 'null';
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'object' || value === null) return 'null';
  if (value instanceof ExactNumber) return value.text;
  if (value instanceof Date) return JSON.stringify(value);
  const inner = pad + step;
  if (Array.isArray(value))
    return join(
      value.map((item) => written(item, inner, step)),
      ['[', ']'],
      pad,
      step,
    );
  const colon = step === '' ? ':' : ': ';
  return join(
    plainEntries(value).map(([key, item]) => JSON.stringify(key) + colon + written(item, inner, step)),
    ['{', '}'],
    pad,
    step,
  );
};

/**
 * Compact JSON text, or pretty with `indent` blanks a level, of an exact value or of plain data: maps, bigint and
 * dates included, undefined properties left out, NaN and Infinity as null. Never throws for such values.
 */
export const stringifyJson = (value: unknown, indent = 0): string => written(value, '', ' '.repeat(indent));
