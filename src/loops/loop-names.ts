import { OpsError } from '../base/errors.js';
import { nearest } from '../base/nearest.js';
import { loops } from './table.js';

/** Which loops a server runs. */
export type LoopNames = 'all' | 'none' | readonly string[];

const known: readonly string[] = loops.map(({ name }) => name);

const unknown = (word: string): OpsError => {
  const near = nearest(word, [...known, 'all', 'none'])[0];
  return new OpsError(
    'usage',
    `--loops: there is no loop "${word}"`,
    near === undefined ? `there are: ${known.join(', ')}; or all, or none` : `did you mean \`--loops ${near}\`?`,
  );
};

/**
 * What the words behind `--loops` mean: `all`, `none`, or loops by name, each once. Throws `usage` for a name that no
 * loop has, with the nearest one, and where `all` or `none` stands beside others.
 */
export const checkLoopNames = (names: LoopNames): LoopNames => {
  const words = [...new Set(typeof names === 'string' ? [names] : names)];
  const wrong = words.find((word) => word !== 'all' && word !== 'none' && !known.includes(word));
  if (wrong !== undefined) throw unknown(wrong);
  const whole = words.find((word) => word === 'all' || word === 'none');
  if (whole === undefined) return words;
  if (words.length === 1) return whole;
  throw new OpsError(
    'usage',
    `--loops: "${whole}" stands beside other loops`,
    'give all, or none, or the names of loops',
  );
};

/** The loops of these names, in the order of the table. */
export const loopsNamed = (names: LoopNames): typeof loops => {
  const wanted = checkLoopNames(names);
  if (wanted === 'none') return [];
  return wanted === 'all' ? loops : loops.filter(({ name }) => wanted.includes(name));
};
