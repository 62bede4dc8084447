import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvLine, markdownLine, tsvLine } from '../../src/render/delimited.js';

/** A reader of RFC 4180 as the RFC has it: quotes, doubled quotes, CRLF between records. */
const readCsv = (text: string): string[][] => {
  const records: string[][] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  let record: string[] = [];
  while (field.lastIndex < text.length) {
    const found = field.exec(text);
    if (!found) return [['not CSV']];
    record.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? '');
    if (found[3] === ',') continue;
    records.push(record);
    record = [];
  }
  return records;
};

const cell = fc.oneof(fc.string({ unit: 'grapheme' }), fc.stringMatching(/^["\r\n,\t \\a]*$/));
const records = fc.array(fc.array(cell, { minLength: 1, maxLength: 5 }), { maxLength: 5 });

test('CSV comes back as it went out', () => {
  fc.assert(
    fc.property(records, (cells) => {
      expect(readCsv(cells.map(csvLine).join(''))).toEqual(cells);
    }),
  );
});

test('TSV is a line a record and a tab a cell, and comes back', () => {
  const meanings: Readonly<Record<string, string>> = { '\\\\': '\\', '\\t': '\t', '\\n': '\n', '\\r': '\r' };
  fc.assert(
    fc.property(fc.array(cell, { minLength: 1 }), (cells) => {
      const line = tsvLine(cells);
      expect(line.indexOf('\n')).toBe(line.length - 1);
      const read = line.slice(0, -1).split('\t');
      expect(read.map((text) => text.replace(/\\[\\tnr]/g, (found) => meanings[found] ?? ''))).toEqual(cells);
    }),
  );
});

test('an only, empty cell is still a record', () => {
  expect(csvLine([''])).toBe('""\r\n');
});

test.each([
  ['a|b', 'a\\|b'],
  ['<img onerror=x> & *bold*', '\\<img onerror=x> \\& \\*bold\\*'],
  ['user_name _x_ [1,2] [a](b)', 'user_name \\_x\\_ [1,2] [a\\](b)'],
  ['two\r\nlines\u001b', 'two<br>lines\\x1b'],
  ['back\\slash `code` ~~gone~~', 'back\\\\slash \\`code\\` \\~~gone\\~~'],
])('Markdown: %j acts as text', (raw, shown) => {
  expect(markdownLine([raw])).toBe(`| ${shown} |\n`);
});
