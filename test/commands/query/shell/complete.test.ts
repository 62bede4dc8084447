import fc from 'fast-check';
import { expect, test } from 'vitest';
import { complete } from '../../../../src/commands/query/shell/complete.js';

const scope = {
  tables: [
    { name: 'checkout', columns: ['at', 'level', 'latency_ms', 'user id'] },
    { name: 'orders', columns: ['id', 'Level', 'order'] },
    { name: 'my-table', columns: ['x'] },
  ],
  databases: ['default', 'shop'],
};

/** `|` is the cursor. */
const at = (marked: string) => {
  const cursor = marked.indexOf('|');
  return complete({ text: marked.replace('|', ''), cursor }, scope);
};

test.each([
  ['.m|', '.m', ['.mode']],
  ['.mode t|', 't', ['table', 'tsv']],
  ['.schema o|', 'o', ['orders']],
  ['.timer |', '', ['off', 'on']],
  ['.db s|', 's', ['shop']],
  ['SELECT * FROM che|', 'che', ['checkout']],
  ['SELECT * FROM |', '', ['"my-table"', 'checkout', 'orders']],
  ['SELECT * FROM orders, c|', 'c', ['checkout']],
  ['SELECT * FROM orders JOIN |', '', ['"my-table"', 'checkout', 'orders']],
  ['SELECT la| FROM checkout', 'la', ['last', 'latency_ms', 'lateral']],
  ['SELECT lev| FROM orders', 'lev', ['Level']],
  ['SELECT orders.| FROM orders', '', ['"order"', 'id', 'Level']],
  ['SELECT o.l| FROM orders o', 'l', ['Level']],
  ['SELECT o.l| FROM orders AS o', 'l', ['Level']],
  ['SELECT c.u| FROM checkout c WHERE true', 'u', ['"user id"']],
  ['SELECT nobody.| FROM orders', '', []],
  ['SEL|', 'SEL', ['SELECT']],
  ['sel|', 'sel', ['select']],
  ["SELECT 'che|", '', []],
  ['SELECT 1 -- che|', '', []],
  ['SELECT /* che|', '', []],
  ['SELECT * FROM "my|', '"my', ['"my-table"']],
  ['SELECT 1; SELECT * FROM o|', 'o', ['orders']],
  ['SELECT\n  lat| \nFROM checkout', 'lat', ['latency_ms', 'lateral']],
])('%j offers for %j: %j', (marked, word, candidates) => {
  expect(at(marked)).toEqual({ word, candidates });
});

test('a table that the statement does not name keeps its columns to itself', () => {
  expect(at('SELECT lat| FROM orders').candidates).toEqual(['lateral']);
});

test('every candidate begins with the word, whatever is typed', () => {
  const piece = fc.constantFrom(
    'SELECT ',
    'FROM ',
    'checkout',
    'o',
    '.',
    '"',
    "'",
    ' ',
    ',',
    ';',
    '\n',
    'lev',
    '--',
    'AS ',
  );
  fc.assert(
    fc.property(fc.array(piece), fc.nat(), (pieces, seed) => {
      const text = pieces.join('');
      const cursor = text.length === 0 ? 0 : seed % (text.length + 1);
      const { word, candidates } = complete({ text, cursor }, scope);
      expect(text.slice(0, cursor).endsWith(word)).toBe(true);
      for (const candidate of candidates)
        expect(candidate.replace(/^"/, '').toLowerCase().startsWith(word.replace(/^"/, '').toLowerCase())).toBe(true);
    }),
  );
});
