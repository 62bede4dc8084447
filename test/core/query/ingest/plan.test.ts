import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ColumnType,
  castUp,
  inferType,
  joinTypes,
  kind,
  maxColumns,
  mergeSchemas,
  planBatch,
  type StoredColumn,
  scanNdjson,
  widenType,
} from '../../../../src/core/query/index.js';

const column = (name: string, type: ColumnType, declared = false): StoredColumn => ({ name, type, declared });
const scanOf = (...rows: string[]) => {
  const result = scanNdjson(new TextEncoder().encode(rows.join('\n')));
  if (!result.ok) throw new Error(result.fault.message);
  return result.scan;
};
interface Given {
  readonly existing?: readonly StoredColumn[];
  readonly evolve?: boolean;
  readonly timeColumn?: string;
  readonly bigIntColumns?: ReadonlySet<string>;
}
const planOf = (given: Given, ...rows: string[]) =>
  planBatch({ existing: undefined, evolve: true, timeColumn: undefined, ...given, scan: scanOf(...rows) });
const accepted = (given: Given, ...rows: string[]) => {
  const plan = planOf(given, ...rows);
  if (!plan.ok) throw new Error(plan.message);
  return plan;
};
const typesOf = (given: Given, ...rows: string[]) =>
  Object.fromEntries(accepted(given, ...rows).columns.map(({ name, type }) => [name, type]));
const none = { holdsBigInts: false };

const values = {
  bool: 'true',
  int: '5',
  fraction: '1.5',
  timestamp: '"2026-01-01T00:00:00Z"',
  text: '"x"',
  nested: '{"b":1}',
  null: 'null',
} as const;
const cells = ['bool', 'int', 'fraction', 'timestamp', 'text', 'nested', 'null'] as const;

describe('widening, cell by cell', () => {
  const table: readonly [ColumnType, readonly ColumnType[]][] = [
    ['bool', ['bool', 'string', 'string', 'string', 'string', 'dynamic', 'bool']],
    ['int', ['string', 'int', 'real', 'string', 'string', 'dynamic', 'int']],
    ['long', ['string', 'long', 'real', 'string', 'string', 'dynamic', 'long']],
    ['real', ['string', 'real', 'real', 'string', 'string', 'dynamic', 'real']],
    ['datetime', ['string', 'datetime', 'string', 'datetime', 'string', 'dynamic', 'datetime']],
    ['string', ['string', 'string', 'string', 'string', 'string', 'string', 'string']],
    ['dynamic', ['dynamic', 'dynamic', 'dynamic', 'dynamic', 'dynamic', 'dynamic', 'dynamic']],
  ];
  const rows = table.flatMap(([type, row]) => cells.map((cell, at) => [type, cell, row[at]] as const));

  test.each(rows)('%s meets %s: %s', (type, cell, after) => {
    expect(typesOf({ existing: [column('a', type)] }, `{"a":${values[cell]}}`)).toEqual({ a: after });
  });

  test.each(rows)('a declared %s meets %s: stays, or is refused instead of %s', (type, cell, after) => {
    const existing = [column('a', type, true)];
    const plan = planOf({ existing }, '{}', `{"a":${values[cell]}}`);
    if (after === type) expect(plan).toMatchObject({ ok: true, columns: existing });
    else expect(plan).toMatchObject({ ok: false, line: 2, column: 'a' });
  });
});

describe('instants that have no RFC 3339 form', () => {
  const [early, late] = ['"0000-06-01T00:00:00Z"', '"9999-12-31T23:59:59-01:00"'];
  const epoch = '-70000000000';

  test.each([early, late, epoch])('%s makes a time column string', (value) => {
    expect(typesOf({ existing: [column('at', 'datetime')] }, `{"at":${value}}`)).toEqual({ at: 'string' });
  });

  test.each([
    [early, 'string'],
    [late, 'string'],
    [epoch, 'long'],
  ])('%s makes no time column: it is %s', (value, type) => {
    expect(typesOf({}, `{"at":${value}}`)).toEqual({ at: type });
    expect(accepted({}, `{"at":${value}}`).timeColumn).toBeUndefined();
  });

  test.each([
    [early, 'text that is no RFC 3339 time with a zone in the years 1 to 9999'],
    [late, 'text that is no RFC 3339 time with a zone in the years 1 to 9999'],
    [epoch, 'an integer that stands for an instant before the year 1'],
  ])('%s does not fit a declared time: %s', (value, what) => {
    const existing = [column('at', 'datetime', true)];
    expect(planOf({ existing }, `{"at":${values.timestamp}}\n{"at":1}`, `{"at":${value}}`)).toMatchObject({
      ok: false,
      line: 3,
      message: `column "at" is datetime and its type is declared: ${what} does not fit`,
    });
  });
});

describe('inference', () => {
  test.each([
    [['1', '2.5'], 'real'],
    [['1', 'true'], 'string'],
    [['1', '"x"'], 'string'],
    [['1', values.timestamp], 'string'],
    [[values.timestamp, '"later"'], 'string'],
    [['1', '[1]'], 'dynamic'],
    [['"x"', '{}'], 'dynamic'],
    [['9007199254740993', '0.5'], 'string'],
    [['123456789012345678901', '1'], 'real'],
    [['null', 'false'], 'bool'],
  ])('%j is %s', (given, type) => {
    expect(typesOf({}, ...given.map((value) => `{"a":${value}}`))).toEqual({ a: type });
  });

  test('a key without a value makes no column', () => {
    expect(typesOf({}, '{"a":null,"b":1}')).toEqual({ b: 'long' });
  });

  test('a key finds its column whatever its case, and is read as the rows spell it', () => {
    const plan = accepted({ existing: [column('Level', 'string')] }, '{"level":"x"}');
    expect(plan.sources).toEqual([{ column: column('Level', 'string'), key: 'level', reading: 'as_is' }]);
  });

  test('without evolution unknown keys are dropped and misfits refused', () => {
    const existing = [column('a', 'long')];
    expect(accepted({ existing, evolve: false }, '{"a":1,"b":2}').columns).toEqual(existing);
    expect(planOf({ existing, evolve: false }, '{"a":1}', '{"a":2.5}')).toMatchObject({
      ok: false,
      line: 2,
      column: 'a',
      message:
        'column "a" is long and types may not widen: a number with a fraction, an exponent or more than 64 bit does not fit',
    });
    expect(typesOf({ existing: [], evolve: false }, '{"a":1}')).toEqual({ a: 'long' });
  });

  test('a declared int refuses what needs more than 32 bit', () => {
    expect(planOf({ existing: [column('a', 'int', true)] }, '{"a":1}', '{"a":3000000000}')).toMatchObject({
      line: 2,
      message: 'column "a" is int and its type is declared: an integer of more than 32 bit does not fit',
    });
  });

  test('longs beyond 2^53 become text, not rounded reals', () => {
    const existing = [column('a', 'long')];
    expect(typesOf({ existing }, '{"a":0.5}', '{"a":9007199254740993}')).toEqual({ a: 'string' });
    expect(typesOf({ existing, bigIntColumns: new Set(['a']) }, '{"a":0.5}')).toEqual({ a: 'string' });
    expect(typesOf({ existing }, '{"a":0.5}', '{"a":9007199254740992}')).toEqual({ a: 'real' });
  });

  test('column 1,001 is refused with the line that brings it', () => {
    const existing = Array.from({ length: maxColumns }, (_, k) => column(`c${k}`, 'long'));
    expect(accepted({ existing }, '{"c5":1}').columns).toHaveLength(maxColumns);
    expect(planOf({ existing }, '{"c5":1}', '{"more":1}')).toMatchObject({ ok: false, line: 2, column: 'more' });
  });
});

describe('reading', () => {
  test.each([
    ['string', '"x"', 'as_is'],
    ['string', values.timestamp, 'as_is'],
    ['string', '1', 'text_form'],
    ['string', '{}', 'text_form'],
    ['datetime', '1700000000', 'epoch_or_text'],
    ['datetime', values.timestamp, 'as_is'],
    ['dynamic', '1', 'as_is'],
    ['long', 'null', 'absent'],
  ] as const)('%s from %s: %s', (type, value, reading) => {
    const plan = accepted({ existing: [column('a', type)] }, `{"a":${value}}`);
    expect(plan.sources[0]?.reading).toBe(reading);
    expect(plan.presentPaths).toEqual(reading === 'absent' ? [] : ['a']);
  });
});

describe('time column', () => {
  test.each([
    [
      `{"at":${values.timestamp},"timestamp":${values.timestamp}}`,
      'timestamp',
      { at: 'datetime', timestamp: 'datetime' },
    ],
    [`{"timestamp":${values.timestamp},"_timestamp":${values.timestamp}}`, '_timestamp', {}],
    ['{"timestamp":1700000000,"at":5}', 'timestamp', { timestamp: 'datetime', at: 'long' }],
    [`{"timestamp":1700000000}\n{"timestamp":${values.timestamp}}`, 'timestamp', { timestamp: 'datetime' }],
    ['{"_timestamp":"now","at":1700000000}', 'at', { _timestamp: 'string', at: 'datetime' }],
    ['{"timestamp":1.5}', undefined, { timestamp: 'real' }],
    ['{"Timestamp":1700000000}', 'Timestamp', { Timestamp: 'datetime' }],
    ['{"time":1700000000}', undefined, { time: 'long' }],
  ])('%s: %s', (rows, timeColumn, types) => {
    const plan = accepted({}, rows);
    expect(plan.timeColumn).toBe(timeColumn);
    expect(typesOf({}, rows)).toMatchObject(types);
  });

  test('it stays what it is, and goes when it becomes text', () => {
    const existing = [column('created', 'datetime'), column('at', 'datetime')];
    expect(accepted({ existing, timeColumn: 'created' }, '{}').timeColumn).toBe('created');
    expect(accepted({ existing, timeColumn: 'created' }, '{"created":"soon"}').timeColumn).toBe('at');
    expect(accepted({ existing: [column('at', 'datetime')], timeColumn: 'at' }, '{"at":"soon"}').timeColumn).toBe(
      undefined,
    );
  });
});

const type = fc.constantFrom<ColumnType>('bool', 'int', 'long', 'real', 'datetime', 'string', 'dynamic');
const bits = fc.subarray([1, 2, 4, 8, 16, 32, 64]).map((set) => set.reduce((all, bit) => all | bit, 0));
const kinds = fc
  .tuple(bits, fc.constantFrom(0, kind.beyond32, kind.beyond32 | kind.bigInt))
  .map(([set, size]) => (set & kind.int ? set | size : set));

describe('laws', () => {
  test('joining types is commutative, associative and idempotent', () => {
    fc.assert(
      fc.property(type, type, type, (a, b, c) => {
        expect(joinTypes(a, b)).toBe(joinTypes(b, a));
        expect(joinTypes(joinTypes(a, b), c)).toBe(joinTypes(a, joinTypes(b, c)));
        expect(joinTypes(a, a)).toBe(a);
      }),
    );
  });

  test('widening never narrows, and every kind fits afterwards', () => {
    fc.assert(
      fc.property(type, kinds, fc.boolean(), (before, set, holdsBigInts) => {
        const after = widenType(before, set, { holdsBigInts });
        expect(castUp(before, after)).toBeDefined();
        const facts = { holdsBigInts: holdsBigInts || (set & kind.bigInt) !== 0 };
        expect(widenType(after, set, facts)).toBe(after);
        for (let bit = 1; bit < kind.bigInt; bit <<= 1) if (set & bit) expect(widenType(after, bit, facts)).toBe(after);
      }),
      { numRuns: 2_000 },
    );
  });

  test('an inferred type holds every kind it was inferred from', () => {
    fc.assert(
      fc.property(kinds, (set) => {
        const inferred = inferType(set);
        expect(inferred === undefined).toBe((set & ~kind.null) === 0);
        if (inferred === undefined) return;
        const holdsBigInts = (set & kind.bigInt) !== 0;
        expect(widenType(inferred, set, { holdsBigInts })).toBe(inferred);
      }),
    );
  });

  test('the schemas of two writers have one union', () => {
    const schema = fc
      .uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 4 })
      .chain((names) => fc.tuple(...names.map((name) => type.map((each) => column(name, each)))));
    const sorted = (columns: readonly StoredColumn[] | undefined) =>
      columns?.toSorted((x, y) => x.name.localeCompare(y.name));
    fc.assert(
      fc.property(schema, schema, schema, (a, b, c) => {
        expect(sorted(mergeSchemas(a, b))).toEqual(sorted(mergeSchemas(b, a)));
        expect(sorted(mergeSchemas(mergeSchemas(a, b) ?? [], c))).toEqual(
          sorted(mergeSchemas(a, mergeSchemas(b, c) ?? [])),
        );
      }),
    );
  });

  test('a declared column takes part in a union only with its own type', () => {
    expect(mergeSchemas([column('a', 'long', true)], [column('A', 'int')])).toEqual([column('a', 'long', true)]);
    expect(mergeSchemas([column('a', 'long', true)], [column('a', 'string')])).toBeUndefined();
    expect(mergeSchemas([column('a', 'string')], [column('a', 'long', true)])).toBeUndefined();
  });

  test.each([
    ['long', 'long', 'same'],
    ['int', 'long', 'number'],
    ['long', 'real', 'number'],
    ['datetime', 'string', 'text'],
    ['bool', 'dynamic', 'json'],
    ['string', 'dynamic', 'json'],
    ['real', 'long', undefined],
    ['dynamic', 'string', undefined],
  ] as const)('%s reads as %s by %s', (from, to, way) => {
    expect(castUp(from, to)).toBe(way);
    expect(widenType(from, 0, none)).toBe(from);
  });
});
