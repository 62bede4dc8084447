import { parseByteSize } from '../../base/byte-size.js';
import { parseDuration } from '../../base/duration.js';
import { OpsError } from '../../base/errors.js';
import { type FileFormat, parseFileFormat, type QueryBudget } from '../../core/query/index.js';
import { parseRowExpectation, type RowExpectation } from './expect-rows.js';

/** The flags of `ops query` as commander hands them over. */
export interface QueryFlags {
  readonly db?: string;
  readonly from?: readonly string[];
  readonly pattern?: string;
  readonly format?: string;
  readonly maxTime?: string;
  readonly maxMemory?: string;
  readonly maxScan?: string;
  readonly explain?: boolean;
  readonly stats?: boolean;
  readonly follow?: boolean;
  readonly expectRows?: string;
  readonly report?: readonly string[];
}

/** What the flags mean together. */
export interface QueryWish {
  /** `--from` words; empty = the stored tables. */
  readonly from: readonly string[];
  readonly database: string;
  readonly pattern: string | undefined;
  readonly format: FileFormat | undefined;
  readonly budget: Partial<QueryBudget>;
  readonly mode: 'rows' | 'explain' | 'follow';
  readonly stats: boolean;
  readonly expect: RowExpectation | undefined;
  readonly reports: readonly string[];
}

const minimumMs = 10;
const minimumBytes = 2 ** 20;

/** Limits from their flags, raised to the least that the engine takes. Throws `usage` that names the flag. */
const budgetOf = ({
  maxTime,
  maxMemory,
  maxScan,
}: Pick<QueryFlags, 'maxTime' | 'maxMemory' | 'maxScan'>): Partial<QueryBudget> => ({
  ...(maxTime !== undefined && { wallClockMs: Math.max(minimumMs, Math.round(parseDuration(maxTime, '--max-time'))) }),
  ...(maxMemory !== undefined && {
    memoryBytes: Math.max(minimumBytes, parseByteSize(maxMemory, '--max-memory')),
    memoryIsBound: true,
  }),
  ...(maxScan !== undefined && { scanBytes: parseByteSize(maxScan, '--max-scan') }),
});

/** Pairs of flags that make no sense together, and why. */
const clashes: readonly {
  readonly when: (flags: QueryFlags) => boolean;
  readonly what: string;
  readonly hint: string;
}[] = [
  {
    when: ({ from, db }) => from !== undefined && db !== undefined,
    what: '--from and --db exclude each other: a query reads files or a database',
    hint: 'leave one of them out',
  },
  {
    when: ({ from, pattern, format }) => from === undefined && (pattern !== undefined || format !== undefined),
    what: '--pattern and --format say how files are read, and there is no --from',
    hint: 'name the files with --from FILE',
  },
  {
    when: ({ from, follow }) => from !== undefined && follow === true,
    what: '--follow waits for ingests, and files have none',
    hint: 'follow a stored table, e.g. `ops logs tail TABLE --follow`',
  },
  {
    when: ({ follow, explain }) => follow === true && explain === true,
    what: '--follow and --explain exclude each other',
    hint: 'leave one of them out',
  },
  {
    when: ({ expectRows, follow, explain }) => expectRows !== undefined && (follow === true || explain === true),
    what: '--expect-rows needs the end of the rows: not with --follow or --explain',
    hint: 'leave one of them out',
  },
  {
    when: ({ report, expectRows }) => report !== undefined && expectRows === undefined,
    what: '--report tells a verdict, and without --expect-rows there is none',
    hint: "add for example --expect-rows 0 or --expect-rows '>0'",
  },
];

/** Throws `usage` for what cannot be parsed or does not go together. */
export const queryWish = (flags: QueryFlags): QueryWish => {
  const clash = clashes.find(({ when }) => when(flags));
  if (clash) throw new OpsError('usage', clash.what, clash.hint);
  return {
    from: flags.from ?? [],
    database: flags.db ?? 'default',
    pattern: flags.pattern,
    format: flags.format === undefined ? undefined : parseFileFormat(flags.format),
    budget: budgetOf(flags),
    mode: flags.explain ? 'explain' : flags.follow ? 'follow' : 'rows',
    stats: flags.stats === true,
    expect: flags.expectRows === undefined ? undefined : parseRowExpectation(flags.expectRows),
    reports: flags.report ?? [],
  };
};
