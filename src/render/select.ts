import { OpsError } from '../base/errors.js';
import { ExactNumber, stringifyJson } from '../base/exact-json.js';
import { nearest } from '../base/nearest.js';

/** What `--sort` means. */
export interface SortKey {
  readonly field: string;
  readonly descending: boolean;
}

/** `-field` is descending. Throws `usage` for an empty field. */
export const parseSort = (text: string): SortKey => {
  const descending = text.startsWith('-');
  const field = descending ? text.slice(1) : text;
  if (field !== '') return { field, descending };
  throw new OpsError(
    'usage',
    `--sort: "${text}" names no field`,
    'use `--sort name`, or `--sort -name` for descending',
  );
};

/**
 * Throws `usage` that lists `valid` where a field is none of them. A path may lead below a valid field: `props.code`.
 */
export const checkFields = (fields: readonly string[], valid: readonly string[], flag: '--fields' | '--sort'): void => {
  const known = new Set(valid);
  for (const field of fields) {
    if (known.has(field) || prefixes(field).some((prefix) => known.has(prefix))) continue;
    const near = nearest(field, valid)[0];
    throw new OpsError(
      'usage',
      `${flag}: unknown field "${field}"`,
      `${near === undefined ? '' : `did you mean \`${near}\`? `}valid fields: ${valid.join(', ') || 'none'}`,
    );
  }
};

/** `a.b.c` → `a`, `a.b`. */
const prefixes = (path: string): string[] => {
  const found: string[] = [];
  for (let dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) found.push(path.slice(0, dot));
  return found;
};

/**
 * The same for a document, all of whose fields are known: throws `usage` also where a path leads to nothing below one of
 * them. What is null or an absent item of a list may be there another time.
 */
export const checkFieldsOf = (document: unknown, fields: readonly string[], flag: '--fields' | '--sort'): void => {
  checkFields(fields, fieldNames(document), flag);
  for (const field of fields) {
    const end = deadEnd(document, field);
    if (!end) continue;
    const names = end.names.map((name) => `${end.above}.${name}`).join(', ');
    throw new OpsError(
      'usage',
      `${flag}: unknown field "${field}"`,
      names === '' ? `there are no fields below ${end.above}` : `valid fields below ${end.above}: ${names}`,
    );
  }
};

/** Where a path leaves a value, and the names it could go on with. */
const deadEnd = (
  value: unknown,
  path: string,
  above = '',
): { readonly above: string; readonly names: readonly string[] } | undefined => {
  if (value === null || value === undefined || own(value, path) !== undefined) return undefined;
  for (const prefix of prefixes(path)) {
    const inner = own(value, prefix);
    if (inner === undefined) continue;
    return deadEnd(inner, path.slice(prefix.length + 1), above === '' ? prefix : `${above}.${prefix}`);
  }
  return Array.isArray(value) && /^\d/.test(path) ? undefined : { above, names: fieldNames(value) };
};

const isRecord = (value: object): value is Readonly<Record<string, unknown>> =>
  !(value instanceof Map || value instanceof ExactNumber || value instanceof Date || Array.isArray(value));

/** The names of an object's fields, in their order; none for anything else. */
export const fieldNames = (value: unknown): readonly string[] => {
  if (typeof value !== 'object' || value === null) return [];
  if (value instanceof Map) return [...value.keys()].map(String);
  return isRecord(value) ? Object.keys(value).filter((key) => value[key] !== undefined) : [];
};

const own = (value: unknown, key: string): unknown => {
  if (typeof value !== 'object' || value === null) return undefined;
  if (value instanceof Map) return value.get(key);
  if (Array.isArray(value)) return /^\d+$/.test(key) ? value[Number(key)] : undefined;
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
};

/** The value at a path; a key that itself holds dots wins over a nested one. Undefined where there is none. */
export const valueAt = (value: unknown, path: string): unknown => {
  const direct = own(value, path);
  if (direct !== undefined) return direct;
  for (const prefix of prefixes(path)) {
    const inner = own(value, prefix);
    if (inner !== undefined) return valueAt(inner, path.slice(prefix.length + 1));
  }
  return undefined;
};

/** The fields alone, in the order asked for, under their paths; absent ones are null. */
export const project = (value: unknown, fields: readonly string[]): ReadonlyMap<string, unknown> =>
  new Map(fields.map((field) => [field, valueAt(value, field) ?? null]));

const rank = (value: unknown): number => {
  if (typeof value === 'boolean') return 0;
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof ExactNumber) return 1;
  return typeof value === 'string' ? 2 : 3;
};

const comparable = (value: unknown): boolean | number | bigint | string => {
  if (value instanceof ExactNumber) return Number(value.text);
  if (typeof value === 'object') return value instanceof Date ? value.toISOString() : stringifyJson(value);
  if (typeof value === 'boolean' || typeof value === 'number' || typeof value === 'bigint') return value;
  return String(value);
};

const compare = (a: unknown, b: unknown): number => {
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  const left = comparable(a);
  const right = comparable(b);
  if (left < right) return -1;
  return left > right ? 1 : 0;
};

/**
 * Order of two values: false, true, numbers by size (exactly, also beyond 2^53), texts by code unit, then the rest.
 * Null and absent come last in either direction.
 */
export const compareBy =
  (descending: boolean) =>
  (a: unknown, b: unknown): number => {
    const isAbsent = [a ?? null, b ?? null].map((value) => value === null);
    if (isAbsent[0] || isAbsent[1]) return Number(isAbsent[0]) - Number(isAbsent[1]);
    return descending ? compare(b, a) : compare(a, b);
  };

/**
 * The first `limit` items in the order of `sort` (stable; 0 = all), holding no more than about twice as many at once.
 */
export const sorted = async <T>(
  items: AsyncIterable<T>,
  sort: { readonly key: (item: T) => unknown; readonly descending: boolean; readonly limit: number },
): Promise<readonly T[]> => {
  const order = compareBy(sort.descending);
  const byKey = (a: { key: unknown }, b: { key: unknown }): number => order(a.key, b.key);
  let kept: { key: unknown; item: T }[] = [];
  for await (const item of items) {
    kept.push({ key: sort.key(item), item });
    if (sort.limit > 0 && kept.length > 2 * sort.limit + 1_000) kept = kept.sort(byKey).slice(0, sort.limit);
  }
  kept.sort(byKey);
  return (sort.limit > 0 ? kept.slice(0, sort.limit) : kept).map(({ item }) => item);
};
