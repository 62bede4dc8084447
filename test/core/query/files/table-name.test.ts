import { describe, expect, it } from 'vitest';
import { fileTables, parseFromWord, tableNameOf } from '../../../../src/core/query/files/table-name.js';
import { ObjectName } from '../../../../src/core/query/index.js';

const stdin = (async function* (): AsyncIterable<Uint8Array> {})();
const names = (...words: string[]): string[] => fileTables(words, { stdin }).map(({ name }) => name);

describe('table names', () => {
  it.each([
    ['kube-audit.ndjson', 'kube-audit'],
    ['/var/log/2026-11 api.ndjson.gz', '_2026-11_api'],
    ['Apache.structured.csv', 'Apache_structured'],
    ['messages', 'messages'],
    ['syslog.1', 'syslog'],
    ['.log', '_log'],
    ['-', 'stdin'],
    ['é.csv', '_'],
    ['-x.csv', '_-x'],
  ])('%s is table %s', (path, table) => {
    expect(tableNameOf(path)).toBe(table);
    expect(ObjectName.safeParse(table).success).toBe(true);
  });

  it.each([
    ['a=b.csv', { name: 'a', path: 'b.csv' }],
    ['./a=b.csv', { name: undefined, path: './a=b.csv' }],
    ['x=-', { name: 'x', path: '-' }],
    ['-', { name: undefined, path: '-' }],
  ])('reads %s', (word, parsed) => {
    expect(parseFromWord(word)).toEqual(parsed);
  });

  it.each([
    [['a=1.csv', 'A=2.csv'], 'two files have the name "A"'],
    [['a/x.csv', 'b/x.ndjson'], 'two files would be table "x"'],
    [['x.csv', 'X=b.csv'], 'two files would be table "x"'],
    [['-', 'x=-'], 'stdin (-) is named twice'],
    [['a='], 'names no file'],
  ])('refuses %j', (words, message) => {
    expect(() => names(...words)).toThrow(message);
  });

  it('gives stdin its stream and a file its path', () => {
    const [first, second] = fileTables(['-', 'a.csv'], { stdin, format: 'csv' });
    expect(first).toEqual({ name: 'stdin', stream: stdin, format: 'csv' });
    expect(second).toEqual({ name: 'a', path: 'a.csv', format: 'csv' });
  });
});
