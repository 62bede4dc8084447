import { OpsError } from '../../base/errors.js';
import { nearest } from '../../base/nearest.js';
import type { GlobalFlags } from '../../context.js';
import { readGlobalFlag } from '../global-flags.js';
import { type FoundPath, findPath } from './find-path.js';
import { childrenOf, type Manifest, type ManifestNode, spelled } from './manifest.js';
import { readFlags, unknownFlag } from './read-flags.js';

/** What a command line asks for. */
export type Line =
  | { readonly kind: 'version' }
  /** Help of this group or command; undefined: of `ops` itself. */
  | { readonly kind: 'help'; readonly node: ManifestNode | undefined; readonly long: boolean }
  | {
      readonly kind: 'command';
      readonly node: ManifestNode;
      readonly globals: GlobalFlags;
      /** For commander: own flags as single words, then `--`, then the operands. */
      readonly rest: readonly string[];
      readonly operands: readonly string[];
    }
  /** The first word is no command; perhaps a plugin has this name. */
  | {
      readonly kind: 'unknown';
      readonly word: string;
      readonly args: readonly string[];
      /** What to tell where there is no such plugin, but those named. */
      readonly error: (plugins?: readonly string[]) => OpsError;
      /** Flags before the name are none of the plugin's; it cannot be run with them. */
      readonly flagsBefore: readonly string[];
    };

/**
 * argv (without node and script) against the manifest. Throws `usage` for unknown commands below a group, unknown flags
 * and values that are no values.
 *
 * @example parseLine(['logs', 'schema', '-o', 'json'], manifest) // { kind: 'command', globals: { output: 'json' }, … }
 */
export const parseLine = (argv: readonly string[], manifest: Manifest): Line => {
  const found = findPath(argv, manifest);
  const stray = found.strayAt === undefined ? undefined : argv[found.strayAt];
  if (!found.node && stray !== undefined && found.strayAt !== undefined) {
    const before = argv.slice(0, found.strayAt);
    if (asksFor(before, 'h', '--help')) return { kind: 'help', node: undefined, long: true };
    if (asksFor(before, 'V', '--version')) return { kind: 'version' };
    return {
      kind: 'unknown',
      word: stray,
      args: argv.slice(found.strayAt + 1),
      error: (plugins) => unknownCommand(found, stray, { manifest, plugins }),
      flagsBefore: before.filter((token) => token !== '--'),
    };
  }
  const flags = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  if (found.node && found.node.kind === 'group' && stray !== undefined)
    throw unknownCommand(found, stray, { manifest });
  if (asksFor(flags, 'h', '--help')) return { kind: 'help', node: found.node, long: true };
  if (asksFor(flags, 'V', '--version')) return { kind: 'version' };
  if (found.node?.kind !== 'command') return groupLine(flags, found, manifest);
  const read = readFlags(argv, { node: found.node, globals: manifest.globals, skip: found.wordsAt });
  let globals: GlobalFlags = {};
  for (const [long, value] of read.globals) globals = { ...globals, ...readGlobalFlag(long, value) };
  const rest = read.operands.length > 0 ? [...read.own, '--', ...read.operands] : read.own;
  return { kind: 'command', node: found.node, globals, rest, operands: read.operands };
};

/** Without a command only flags that exist may stand there; the answer is the short help. */
const groupLine = (flags: readonly string[], found: FoundPath, manifest: Manifest): Line => {
  const node: ManifestNode = found.node ?? {
    kind: 'group',
    path: [],
    aliases: [],
    summary: '',
    arguments: [],
    flags: [],
    usage: '',
    help: '',
  };
  readFlags(flags, { node, globals: manifest.globals, skip: found.wordsAt });
  return { kind: 'help', node: found.node, long: false };
};

/** `-h` alone, within a cluster of switches (`-qh`), or the long form. */
const asksFor = (flags: readonly string[], letter: string, long: string): boolean =>
  flags.some((token) => token === long || (/^-[qvyhV]+$/.test(token) && token.includes(letter)));

const unknownCommand = (
  found: FoundPath,
  word: string,
  { manifest, plugins = [] }: { manifest: Manifest; plugins?: readonly string[] | undefined },
): OpsError => {
  const path = found.node?.path ?? [];
  if (word.startsWith('-')) return unknownFlag(word, manifest.globals, found.node);
  const children = childrenOf(manifest, path);
  const near = nearest(word, [
    ...children.flatMap((child) => [child.path.at(-1) ?? '', ...child.aliases]),
    ...(found.node ? [] : plugins),
  ]);
  const here = spelled(path);
  const see = `see the commands that exist with \`${here} --help\``;
  return new OpsError(
    'usage',
    `unknown command "${word}" for \`${here}\``,
    near.length > 0 ? `did you mean ${near.map((name) => `\`${here} ${name}\``).join(' or ')}? ${see}` : see,
  );
};
