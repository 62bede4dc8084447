import { childNamed, type Manifest, type ManifestFlag, type ManifestNode, under } from './manifest.js';

/** Which words of the command line are the command, and where the first word stands that is none. */
export interface FoundPath {
  /** Undefined at the root. */
  readonly node: ManifestNode | undefined;
  /** Places in argv of the words that made up the path. */
  readonly wordsAt: readonly number[];
  /** Place of the first operand below a group or the root: an unknown command, or a plugin's name. */
  readonly strayAt: number | undefined;
}

/**
 * First pass over argv. Flags may stand before the command, so a flag's value has to be told from a command word before
 * the command is known: a flag takes a value if it does so for the commands that are still possible.
 */
export const findPath = (argv: readonly string[], manifest: Manifest): FoundPath => {
  const wordsAt: number[] = [];
  let node: ManifestNode | undefined;
  let flagsEnded = false;
  for (let index = 0; index < argv.length && node?.kind !== 'command'; index++) {
    const token = argv[index] ?? '';
    if (token === '--' && !flagsEnded) {
      flagsEnded = true;
      continue;
    }
    if (!flagsEnded && token.startsWith('-') && token.length > 1) {
      if (takesNext(token, flagsBelow(manifest, node?.path ?? []))) index++;
      continue;
    }
    const child = childNamed(manifest, node?.path ?? [], token);
    if (!child) return { node, wordsAt, strayAt: index };
    node = child;
    wordsAt.push(index);
  }
  return { node, wordsAt, strayAt: undefined };
};

const flagsBelow = (manifest: Manifest, path: readonly string[]): readonly ManifestFlag[] => [
  ...manifest.globals,
  ...under(manifest, path).flatMap((node) => node.flags),
];

const takesNext = (token: string, flags: readonly ManifestFlag[]): boolean => {
  if (token.startsWith('--'))
    return !token.includes('=') && flags.some((flag) => flag.long === token && takesValue(flag));
  // `-o json` waits for the next word, `-ojson` does not.
  return token.length === 2 && flags.some((flag) => flag.short === token && takesValue(flag));
};

export const takesValue = (flag: ManifestFlag): boolean => flag.value !== undefined && flag.optional !== true;
