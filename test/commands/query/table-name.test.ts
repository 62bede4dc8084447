import { expect, test } from 'vitest';
import { OpsError } from '../../../src/base/errors.js';
import { parseTableRef, parseWritableTableRef } from '../../../src/commands/query/table-name.js';

const attempt = <T>(work: () => T): T | string => {
  try {
    return work();
  } catch (error) {
    return error instanceof OpsError ? `${error.exit}: ${error.message}` : 'another error';
  }
};

test.each<[string, string | undefined, unknown]>([
  ['orders', undefined, { database: 'default', table: 'orders' }],
  ['orders', 'shop', { database: 'shop', table: 'orders' }],
  ['shop.orders', undefined, { database: 'shop', table: 'orders' }],
  ['shop.orders', 'shop', { database: 'shop', table: 'orders' }],
  ['shop.orders', 'web', '2: "shop.orders" is in database "shop", and --db says "web"'],
  ['shop.orders', 'default', '2: "shop.orders" is in database "shop", and --db says "default"'],
  ['a.b.c', undefined, '2: "a.b.c" is not a table'],
  ['.b', 'shop', '2: ".b" is not a table'],
])('%s with --db %s', (word, db, result) => {
  expect(attempt(() => parseTableRef(word, db))).toEqual(result);
});

test.each<[string, string | undefined, RegExp]>([
  ['ops.x', undefined, /^4: .*reserved/],
  ['x', 'ops', /^4: .*reserved/],
  ['shop.1x', undefined, /^9: table name/],
  ['shop.x', 'ops', /^2: .*--db/],
])('%s with --db %s cannot be written', (word, db, refusal) => {
  expect(attempt(() => parseWritableTableRef(word, db))).toMatch(refusal);
});
