import { describe, expect, it } from 'vitest';
import { formatByName, jsonShape, parseFileFormat, sniffFormat } from '../../../../src/core/query/files/format.js';

describe('format by name', () => {
  it.each([
    ['logs/api.ndjson', 'ndjson', undefined, 'api'],
    ['api.JSONL.gz', 'ndjson', 'gzip', 'api'],
    ['list.json', 'ndjson', undefined, 'list'],
    ['t.csv.zst', 'csv', 'zstd', 't'],
    ['t.tsv', 'tsv', undefined, 't'],
    ['x.parquet', 'parquet', undefined, 'x'],
    ['velero.logfmt', 'logfmt', undefined, 'velero'],
    ['controller-manager.klog', 'text', undefined, 'controller-manager'],
    ['a.b.log', 'text', undefined, 'a.b'],
    ['messages', undefined, undefined, 'messages'],
    ['messages.gz', undefined, 'gzip', 'messages'],
    ['.log', undefined, undefined, '.log'],
    ['x.constructor', undefined, undefined, 'x'],
  ])('%s is %s, packed %s, stem %s', (path, format, compression, stem) => {
    expect(formatByName(path)).toMatchObject({ format, compression, stem });
  });

  it('refuses an unknown --format with the ones that exist', () => {
    expect(() => parseFileFormat('xml')).toThrow('"xml" is not a file format');
    expect(parseFileFormat('logfmt')).toBe('logfmt');
  });
});

describe('sniffing', () => {
  it.each([
    ['{"a":1}\n{"a":2}\n', 'ndjson'],
    ['\uFEFF{"a":1}\n', 'ndjson'],
    ['{"a":1,}\n', 'ndjson'],
    ['{\n  "a": 1\n}\n', 'ndjson'],
    ['[{"a":1}]', 'ndjson'],
    ['[2026-01-01] started\n', 'text'],
    ['{} is what I got\n', 'ndjson'],
    ['level=info msg="a b"\nlevel=warn msg=c\n', 'logfmt'],
    ['level=info msg="a b"\nplain words\n', 'text'],
    ['a=1\n', 'text'],
    ['', 'text'],
  ])('%j is %s', (sample, format) => {
    expect(sniffFormat(sample, true)).toBe(format);
  });

  it('does not judge by a line that the sample cuts', () => {
    expect(sniffFormat('a=1 b=2\na=1 b="cu', false)).toBe('logfmt');
    expect(sniffFormat('a=1 b=2\na=1 b="cu', true)).toBe('text');
  });

  it.each([
    ['{"a":1}\n{"a":2}', 'lines'],
    ['{"a":1,}\n', 'lines'],
    ['{\n "a": 1}', 'document'],
    ['{"a": "}", "b": {\n}}', 'document'],
    ['\n [\n{}]', 'document'],
    ['', 'lines'],
  ])('%j is JSON in %s', (sample, shape) => {
    expect(jsonShape(sample, true)).toBe(shape);
  });
});
