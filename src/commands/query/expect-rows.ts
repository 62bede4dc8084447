import { OpsError } from '../../base/errors.js';
import { countOf } from './count-of.js';

const holds = {
  '=': (found: number, wanted: number) => found === wanted,
  '!=': (found: number, wanted: number) => found !== wanted,
  '<': (found: number, wanted: number) => found < wanted,
  '<=': (found: number, wanted: number) => found <= wanted,
  '>': (found: number, wanted: number) => found > wanted,
  '>=': (found: number, wanted: number) => found >= wanted,
} as const;

type Operator = keyof typeof holds;

/** How many rows a query must return. */
export interface RowExpectation {
  readonly operator: Operator;
  readonly count: number;
}

const words = { '=': '', '!=': 'not ', '<': 'fewer than ', '<=': 'at most ', '>': 'more than ', '>=': 'at least ' };

const isOperator = (text: string): text is Operator => Object.hasOwn(holds, text);

/**
 * Parses `0`, `=5`, `==5`, `!=0`, `>0`, `<=10`; blanks may surround the operator. Throws `usage`.
 *
 * @example parseRowExpectation('<=10') // { operator: '<=', count: 10 }
 */
export const parseRowExpectation = (text: string): RowExpectation => {
  const [, typed = '', digits = ''] = /^\s*(==|=|!=|<=|>=|<|>)?\s*(\d+)\s*$/.exec(text) ?? [];
  const operator = typed === '' || typed === '==' ? '=' : typed;
  const count = Number(digits);
  if (digits === '' || !Number.isSafeInteger(count) || !isOperator(operator))
    throw new OpsError(
      'usage',
      `--expect-rows: "${text}" is not an expectation`,
      "use 0, '=5', '!=0', '>0', '>=1', '<10' or '<=10'",
    );
  return { operator, count };
};

/** True where the count is as expected. */
export const meets = ({ operator, count }: RowExpectation, found: number): boolean => holds[operator](found, count);

/** `expected at most 10 rows, found 12`. */
export const expectationText = ({ operator, count }: RowExpectation, found: number): string =>
  `expected ${words[operator]}${countOf(count, 'row')}, found ${found.toLocaleString('en')}`;
