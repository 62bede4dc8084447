import { childrenOf, type Manifest, type ManifestArgument, type ManifestFlag, type ManifestNode } from '../manifest.js';

/**
 * Where the words after a flag or in an operand's place come from: a fixed list, files, directories, names that
 * `ops __complete` knows, or nowhere.
 */
export type Source =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'file' | 'directory' | 'nothing' }
  | { readonly kind: 'names'; readonly of: string };

/** One place of the tree as completion sees it; the path is joined by blanks, '' at the root. */
export interface Place {
  readonly path: string;
  readonly children: readonly { readonly word: string; readonly does: string }[];
  /** A word typed here, aliases included, and the path that it leads to. */
  readonly steps: readonly { readonly word: string; readonly to: string }[];
  /** Own flags; the global ones hold everywhere. */
  readonly flags: readonly KnownFlag[];
  readonly operands: readonly { readonly source: Source; readonly variadic: boolean }[];
}

export interface KnownFlag {
  /** All its spellings, long first. */
  readonly names: readonly string[];
  readonly does: string;
  /** Undefined for a switch. */
  readonly source: Source | undefined;
}

const dynamic = new Set(['table', 'database', 'context', 'config-key']);

/** Everything that a completion script carries, by place. */
export const places = (manifest: Manifest): readonly Place[] => {
  const root: Pick<ManifestNode, 'path' | 'flags' | 'arguments'> = { path: [], flags: [], arguments: [] };
  return [root, ...manifest.nodes].map((node) => {
    const children = childrenOf(manifest, node.path);
    const to = (child: ManifestNode): string => child.path.join(' ');
    return {
      path: node.path.join(' '),
      children: children.map((child) => ({ word: child.path.at(-1) ?? '', does: child.summary })),
      steps: children.flatMap((child) =>
        [child.path.at(-1) ?? '', ...child.aliases].map((word) => ({ word, to: to(child) })),
      ),
      flags: node.flags.filter((flag) => flag.hidden !== true).map((flag) => known(flag, manifest)),
      operands: node.arguments.map((argument) => ({
        source: sourceOf(argument, argument.name, manifest),
        variadic: argument.variadic,
      })),
    };
  });
};

export const globalKnown = (manifest: Manifest): readonly KnownFlag[] =>
  manifest.globals.map((flag) => known(flag, manifest));

const known = (flag: ManifestFlag, manifest: Manifest): KnownFlag => ({
  names: flag.short === undefined ? [flag.long] : [flag.long, flag.short],
  does: flag.does,
  source: flag.value === undefined ? undefined : sourceOf(flag, flag.value, manifest),
});

const sourceOf = (
  { choices, complete }: Pick<ManifestArgument, 'choices' | 'complete'>,
  name: string,
  manifest: Manifest,
): Source => {
  if (choices.length > 0) return { kind: 'words', words: choices };
  if (complete === 'file' || complete === 'directory') return { kind: complete };
  if (complete === 'topic') return { kind: 'words', words: [...Object.keys(manifest.topics), ...pathWords(manifest)] };
  if (complete === 'command') return { kind: 'words', words: pathWords(manifest) };
  if (complete !== undefined && dynamic.has(complete)) return { kind: 'names', of: complete };
  return { kind: /^(FILE|PATH)S?$/.test(name) ? 'file' : 'nothing' };
};

const pathWords = (manifest: Manifest): readonly string[] => [...new Set(manifest.nodes.flatMap((node) => node.path))];

/** `@file`, `@directory`, `@table`, or the words themselves: how the scripts' tables spell a source. */
export const spelledSource = (source: Source): string => {
  if (source.kind === 'words') return source.words.join(' ');
  if (source.kind === 'names') return `@${source.of}`;
  return source.kind === 'nothing' ? '' : `@${source.kind}`;
};
