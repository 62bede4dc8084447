import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openFiles } from '../../../../src/adapters/duckdb/files/open-files.js';
import { manualClock } from '../../../../src/base/clock.js';
import { isOpsError } from '../../../../src/base/errors.js';
import { fileQueries } from '../../../../src/core/query/file-queries.js';
import { type FileFormat, type FileQueryRequest, fileTables } from '../../../../src/core/query/index.js';

// A temporary folder of its own, so that test files that run at once do not see each other's leftovers.
const temporary = mkdtempSync(join(tmpdir(), 'files-test-'));
process.env['TMPDIR'] = temporary;

export interface Asked {
  readonly rows: readonly unknown[];
  readonly warnings: readonly string[];
}

interface AskOptions extends Partial<Omit<FileQueryRequest, 'files' | 'sql'>> {
  readonly stdin?: AsyncIterable<Uint8Array>;
  readonly format?: FileFormat;
}

async function* nothing(): AsyncIterable<Uint8Array> {}

export const queries = fileQueries({
  engine: { openFiles },
  clock: manualClock(new Date('2026-01-01T00:00:00Z')),
});

/** Bytes in pieces, as a pipe delivers them. */
export async function* piped(text: string | Uint8Array, size = 7): AsyncIterable<Uint8Array> {
  const all = Buffer.from(text);
  for (let at = 0; at < all.length; at += size) yield all.subarray(at, at + size);
}

/** A folder for a test file's inputs, removed afterwards. */
export const inputs = () => {
  const folder = mkdtempSync(join(temporary, 'in-'));
  afterAll(() => rmSync(temporary, { recursive: true, force: true }));
  const path = (name: string): string => join(folder, name);
  return {
    path,
    write: (name: string, content: string | Uint8Array): string => {
      writeFileSync(path(name), content);
      return path(name);
    },
  };
};

/** Rows of the answer, as JSON says them. */
export const ask = async (from: readonly string[], sql: string, options: AskOptions = {}): Promise<Asked> => {
  const { stdin, format, ...rest } = options;
  const files = fileTables(from, { stdin: stdin ?? nothing(), format });
  const result = await queries.query({ files, sql, ...rest });
  try {
    let text = '';
    for await (const chunk of result.ndjson()) text += Buffer.from(chunk).toString();
    const lines = text.split('\n').filter((line) => line !== '');
    return { rows: lines.map((line): unknown => JSON.parse(line)), warnings: result.warnings ?? [] };
  } finally {
    await result.close();
  }
};

export const rowsOf = async (...call: Parameters<typeof ask>): Promise<readonly unknown[]> => (await ask(...call)).rows;

/** Code, exit and message of the OpsError; anything else fails the test. */
export const faultOf = async (
  ...call: Parameters<typeof ask>
): Promise<{ readonly code: string; readonly exit: number; readonly message: string }> => {
  try {
    await ask(...call);
  } catch (error) {
    if (isOpsError(error)) return { code: error.code, exit: error.exit, message: error.message };
    throw error;
  }
  return { code: 'none', exit: 0, message: 'no error' };
};

/** What sessions have left behind in the temporary folder. */
export const spools = (): readonly string[] => readdirSync(temporary).filter((name) => /^ops-spool-/.test(name));
