/** Result of one checked thing: `fail` is a negative verdict, `error` an operational problem, `skip` not applicable. */
export type CaseStatus = 'pass' | 'fail' | 'error' | 'skip';

export interface ReportCase {
  readonly name: string;
  /** Groups cases in CI, e.g. `ops.query`. */
  readonly classname: string;
  readonly status: CaseStatus;
  readonly timeMs: number;
  /** Short word for the kind of failure, e.g. `expect-rows`. */
  readonly type?: string;
  /** One sentence. */
  readonly message?: string;
  /** Anything longer, e.g. the first rows. */
  readonly detail?: string;
}

export interface ReportSuite {
  readonly name: string;
  readonly cases: readonly ReportCase[];
}

/** What a verdict command found, before it is any file format. */
export interface VerdictReport {
  readonly title: string;
  readonly suites: readonly ReportSuite[];
}

/** How many cases ended how. */
export type Tally = Readonly<Record<CaseStatus, number>> & { readonly all: number; readonly timeMs: number };

/** Counts the cases of some suites. */
export const tally = (suites: readonly ReportSuite[]): Tally => {
  const counts = { pass: 0, fail: 0, error: 0, skip: 0, all: 0, timeMs: 0 };
  for (const { status, timeMs } of suites.flatMap(({ cases }) => cases)) {
    counts[status]++;
    counts.all++;
    counts.timeMs += timeMs;
  }
  return counts;
};

/** `3 passed, 1 failed`: the tally in words, without what did not happen. */
export const tallyText = (counts: Tally): string => {
  const words = { pass: 'passed', fail: 'failed', error: 'with errors', skip: 'skipped' } as const;
  const parts = (['pass', 'fail', 'error', 'skip'] as const)
    .filter((status) => counts[status] > 0)
    .map((status) => `${counts[status]} ${words[status]}`);
  return parts.join(', ') || 'nothing checked';
};
