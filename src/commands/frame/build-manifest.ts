import type { Argument, Command, Option } from 'commander';
import { OpsError } from '../../base/errors.js';
import type { CommandDoc } from '../define.js';
import { globalManifestFlags } from '../global-flags.js';
import { commandHelp, groupHelp, rootHelp, usageLine } from './help-text.js';
import { inspect } from './inspect.js';
import type { Manifest, ManifestArgument, ManifestFlag, ManifestNode } from './manifest.js';
import { topics } from './topics.js';
import { areas, type CommandEntry, type CommandTree, type GroupEntry, verbAliases, words } from './tree.js';

const does = 'ops answers the questions of the person on call, on one machine, with no daemon.';

const rootExamples = [
  ['ops query --from app.ndjson "SELECT level, count(*) FROM app GROUP BY 1"', 'ask a log file a question in SQL'],
  ['kubectl logs deploy/checkout | ops ingest checkout', 'keep log lines, to ask later'],
] as const;

/**
 * Loads every command and writes down what it takes. Throws `internal` that lists every command without summary,
 * documentation or example: a build with such a command fails.
 */
export const buildManifest = async (tree: CommandTree, version: string): Promise<Manifest> => {
  const globals = globalManifestFlags();
  const loaded = await Promise.all(tree.commands.map(async (entry) => ({ entry, ...(await inspect(entry)) })));
  const faults = loaded.flatMap(({ entry, command, doc }) => missing(entry, { command, doc }));
  if (faults.length > 0)
    throw new OpsError(
      'internal',
      `commands without documentation: ${faults.join('; ')}`,
      'see src/commands/define.ts',
    );
  const leaves = loaded.map(({ entry, command, doc = noDoc }) => {
    const plain = leafOf(entry, command, doc);
    return {
      area: entry.area,
      node: { ...plain, help: commandHelp(plain, { doc, globals, opensContext: entry.text === undefined }) },
    };
  });
  const nodes = leaves.map(({ node }) => node);
  const groups = tree.groups.map((group) => groupOf(group, nodes));
  const pages = topics();
  const root = { does, examples: rootExamples, commands: leaves, topics: Object.keys(pages) };
  return {
    version,
    nodes: inOrder([...groups.map((node, index) => ({ area: tree.groups[index]?.area ?? 'Query', node })), ...leaves]),
    globals,
    help: rootHelp(root),
    longHelp: rootHelp({ ...root, globals }),
    topics: pages,
  };
};

const noDoc: CommandDoc = { examples: [], route: 'none' };

const missing = (
  entry: CommandEntry,
  { command, doc }: { command: Command; doc: CommandDoc | undefined },
): readonly string[] => {
  const wanted = words(entry.path).at(-1);
  return [
    ...(doc ? [] : [`${entry.path}: not documented()`]),
    ...(command.summary() === '' ? [`${entry.path}: no summary`] : []),
    ...(doc && doc.examples.length === 0 ? [`${entry.path}: no example`] : []),
    ...(command.name() === wanted ? [] : [`${entry.path}: its command calls itself "${command.name()}"`]),
  ];
};

const leafOf = (entry: CommandEntry, command: Command, doc: CommandDoc): Omit<ManifestNode, 'help'> => {
  const path = words(entry.path);
  const args = command.registeredArguments.map((argument) => argumentOf(argument, doc));
  const verb = path.length > 1 ? verbAliases[path.at(-1) ?? ''] : undefined;
  return {
    kind: 'command',
    path,
    aliases: [...new Set([...(verb === undefined ? [] : [verb]), ...command.aliases()])],
    summary: command.summary(),
    arguments: args,
    flags: command.options.map((option) => flagOf(option, doc)),
    usage: usageLine(path, args),
  };
};

const argumentOf = (argument: Argument, doc: CommandDoc): ManifestArgument => {
  const kind = doc.complete?.[argument.name()];
  return {
    name: argument.name().toUpperCase(),
    required: argument.required,
    variadic: argument.variadic,
    does: argument.description,
    choices: argument.argChoices ?? [],
    ...(kind === undefined ? {} : { complete: kind }),
  };
};

const flagOf = (option: Option, doc: CommandDoc): ManifestFlag => {
  const long = option.long ?? option.short ?? '';
  const value = /[<[]([^>\]]+?)(\.\.\.)?[>\]]/.exec(option.flags)?.[1]?.toUpperCase();
  const kind = doc.complete?.[long] ?? doc.complete?.[option.name()] ?? kindOfValue(long, value);
  return {
    long,
    ...(option.short === undefined || option.short === long ? {} : { short: option.short }),
    ...(value === undefined ? {} : { value }),
    ...(option.optional ? { optional: true } : {}),
    choices: option.argChoices ?? [],
    repeatable: option.variadic || /\b(repeatable|several times|more than once)\b/i.test(option.description),
    does: option.description.replace(/[;,]?\s*\(?repeatable\)?$/i, ''),
    ...(kind === undefined ? {} : { complete: kind }),
    ...(option.hidden ? { hidden: true } : {}),
  };
};

/** What the words for values usually mean. */
const kindOfValue = (long: string, value: string | undefined): string | undefined => {
  if (long === '--db') return 'database';
  if (value === undefined) return undefined;
  if (/FILE|PATH/.test(value)) return 'file';
  return /\bDIR/.test(value) ? 'directory' : undefined;
};

const groupOf = (group: GroupEntry, nodes: readonly ManifestNode[]): ManifestNode => ({
  kind: 'group',
  path: words(group.path),
  aliases: [],
  summary: group.does,
  arguments: [],
  flags: [],
  usage: `ops ${group.path} COMMAND`,
  help: groupHelp(group, nodes),
});

/** By area; within it as the tree has them, groups first. */
const inOrder = (nodes: readonly { readonly area: string; readonly node: ManifestNode }[]): readonly ManifestNode[] =>
  areas.flatMap((area) => nodes.filter((each) => each.area === area).map(({ node }) => node));
