import type { LinePattern } from '../../../core/query/index.js';
import type { Input } from './input.js';
import { withoutMark } from './line-blocks.js';
import type { Relation } from './relation.js';
import type { Spool } from './spool.js';

/** What loading needs besides the file. */
export interface LoadScope {
  readonly spool: Spool;
  readonly pattern: LinePattern | undefined;
  /** Throws where the query has been cancelled or has used up its time. */
  checkpoint(): void;
  /** For people, once each. */
  warn(warning: string): void;
}

/** A file on its way to the engine. */
export interface Loading {
  /** How to read it already now; proves wrong where `final` says otherwise. */
  readonly first: Relation;
  /** `first` is what `final` will be. */
  readonly certain: boolean;
  /**
   * After every byte has been checked; reading goes on only once this was asked for. Rejects with `invalid_data` for a
   * file that is not what it claims to be.
   */
  final(): Promise<Relation>;
  /** How many rows, once `final` is there; undefined where only the engine knows. */
  rows(): number | undefined;
}

/** A loading without a guess. */
export const settled = (relation: Relation, rows?: number): Loading => ({
  first: relation,
  certain: true,
  final: () => Promise.resolve(relation),
  rows: () => rows,
});

/** Characters that the engine would take for a pattern of names. */
const patternCharacters = /[*?[\]{}]/;

/** The file where the engine can open it, without a byte-order mark; copies it only where that is needed. */
export const plainPath = async (input: Input, scope: LoadScope): Promise<string> => {
  if (input.path !== undefined && !input.byteOrderMark)
    return patternCharacters.test(input.path) ? scope.spool.link(input.path, input.display) : input.path;
  return scope.spool.write(withoutMark(input.content()), input.display);
};
