import { describe, expect, it } from 'vitest';
import { fileTables } from '../../../../src/core/query/index.js';
import { inputs, queries, rowsOf } from './harness.js';

const { write } = inputs();

async function* nothing(): AsyncIterable<Uint8Array> {}

const columnsOf = async (from: readonly string[], sql: string): Promise<readonly string[]> => {
  const result = await queries.query({ files: fileTables(from, { stdin: nothing(), format: undefined }), sql });
  await result.close();
  return result.columns.map(({ name }) => name);
};

describe('a file that has no columns', () => {
  it.each(['empty.csv', 'empty.ndjson', 'empty.json', 'empty.tsv'])('%s shows none', async (name) => {
    const from = [`t=${write(name, '')}`];
    expect(await columnsOf(from, 'SELECT * FROM t')).toEqual([]);
    expect(await rowsOf(from, 'SELECT * FROM t')).toEqual([]);
  });

  it('keeps its rows, and the columns that the query adds', async () => {
    const from = [`t=${write('bare.ndjson', '{}\n{}\n')}`];
    expect(await rowsOf(from, 'SELECT * FROM t')).toEqual([{}, {}]);
    expect(await rowsOf(from, 'SELECT 1 AS a, *, 2 AS b FROM t LIMIT 1')).toEqual([{ a: 1, b: 2 }]);
    expect(await columnsOf(from, 'SELECT *, 1 AS a, * FROM t')).toEqual(['a']);
    expect(await rowsOf(from, 'SELECT count(*) AS n FROM t')).toEqual([{ n: 2 }]);
  });

  it('takes nothing from the values of another file', async () => {
    const row = { a: '"(no columns)":null', b: { k: [null] }, c: null };
    const from = [`t=${write('bare.ndjson', '{}\n')}`, `u=${write('full.ndjson', `${JSON.stringify(row)}\n`)}`];
    expect(await rowsOf(from, 'SELECT t.*, u.*, t.* FROM t, u')).toEqual([row]);
  });
});
