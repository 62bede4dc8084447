import { OpsError } from '../../../base/errors.js';
import { type FileSession, type FileSource, parseLinePattern, type QueryBudget } from '../../../core/query/index.js';
import { displayNames } from './display-names.js';
import { openFileEngine } from './file-engine.js';
import { type Input, openInput } from './input.js';
import type { LoadScope } from './loading.js';
import { fileSession } from './session.js';
import { openSpool } from './spool.js';
import { fileTables } from './tables.js';

export interface FilesScope {
  readonly files: readonly FileSource[];
  readonly pattern?: string;
  readonly budget: QueryBudget;
  readonly now: Date;
  readonly signal: AbortSignal;
}

const openInputs = async (files: readonly FileSource[], signal: AbortSignal): Promise<readonly Input[]> => {
  const inputs: Input[] = [];
  for (const file of files) inputs.push(await openInput(file, signal));
  return inputs;
};

const checkPattern = (inputs: readonly Input[]): void => {
  if (inputs.some(({ format }) => format === 'text')) return;
  const [first] = inputs;
  throw new OpsError(
    'usage',
    `--pattern: none of the files is text${first ? `; ${first.display} is ${first.format}` : ''}`,
    'leave --pattern out, or read the lines as they are with --format text',
  );
};

/** Answers how much time is left, and throws once there is none or the query was cancelled. */
const deadline = ({ budget, signal }: FilesScope, isClosed: () => boolean) => {
  const startedMs = performance.now();
  const remainingMs = (): number => Math.max(1, budget.wallClockMs - (performance.now() - startedMs));
  const checkpoint = (): void => {
    if (signal.aborted) throw signal.reason;
    if (isClosed()) throw new OpsError('interrupted', 'the query was cancelled', 'run it again');
    if (remainingMs() > 1) return;
    throw new OpsError(
      'limit_exceeded',
      `the query took longer than ${budget.wallClockMs} ms while its files were read`,
      'raise --max-time, or name fewer files',
      { reason: 'wall_clock_exceeded', details: { limit: budget.wallClockMs, unit: 'wall_clock_ms' } },
    );
  };
  return { remainingMs, checkpoint };
};

/**
 * A session on files, nothing of which is stored. Everything about the files' names and the pattern is refused here,
 * before anything runs: an absent file (`not_found`), a directory or a bad pattern (`usage`).
 */
export const openFiles = async (scope: FilesScope): Promise<FileSession> => {
  const pattern = scope.pattern === undefined ? undefined : parseLinePattern(scope.pattern);
  const inputs = await openInputs(scope.files, scope.signal);
  if (pattern) checkPattern(inputs);
  const spool = openSpool();
  let closed = false;
  const { remainingMs, checkpoint } = deadline(scope, () => closed);
  const warnings: string[] = [];
  const warn = (warning: string): void => {
    warnings.push(warning);
  };
  try {
    const load: LoadScope = { spool, pattern, checkpoint, warn };
    const paths = new Map(
      inputs.flatMap(({ path, display }) => (path === undefined ? [] : [[path, display] as const])),
    );
    const tables = fileTables(inputs, load);
    const engine = await openFileEngine({
      paths: [...paths.keys()],
      folder: spool.folder,
      tables: tables.names,
      pattern,
      budget: scope.budget,
      now: scope.now,
    });
    const close = async (): Promise<void> => {
      if (closed) return;
      closed = true;
      await engine.close().finally(() => spool.remove());
    };
    const display = () => displayNames(new Map([...paths, ...spool.names]));
    return fileSession({ engine, tables, display, warnings, remainingMs, close });
  } catch (error) {
    await spool.remove();
    throw error;
  }
};
