import type { CommandDoc } from '../define.js';
import { exitMeanings } from './exit-codes.js';
import type { ManifestArgument, ManifestFlag, ManifestNode } from './manifest.js';
import { outputFields } from './output-fields.js';
import { areas, type GroupEntry } from './tree.js';
import { flow, flowShell, twoColumns } from './wrap.js';

type Example = readonly [line: string, does: string];

/** `-o, --output FMT`. */
export const flagTerm = (flag: ManifestFlag): string => {
  const names = flag.short === undefined ? flag.long : `${flag.short}, ${flag.long}`;
  if (flag.value === undefined) return names;
  return flag.optional === true ? `${names} [${flag.value}]` : `${names} ${flag.value}`;
};

/** `TABLE [FILE...]`. */
export const argumentTerm = ({ name, required, variadic }: ManifestArgument): string => {
  const word = variadic ? `${name}...` : name;
  return required ? word : `[${word}]`;
};

/** `ops ingest TABLE [FILE...] [FLAGS]`. */
export const usageLine = (path: readonly string[], args: readonly ManifestArgument[]): string =>
  ['ops', ...path, ...args.map(argumentTerm), '[FLAGS]'].join(' ');

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', `${title}:`, ...lines];

const sentence = (text: string): string => {
  const full = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(full) ? full : `${full}.`;
};

const exampleLines = (examples: readonly Example[]): readonly string[] =>
  examples.flatMap(([line, does]) => [...flow(`# ${does}`, { indent: '  ' }), ...flowShell(line)]);

const flagDoes = (flag: ManifestFlag): string =>
  [flag.does, flag.choices.length > 0 ? `(${flag.choices.join(', ')})` : '', flag.repeatable ? '(repeatable)' : '']
    .filter((part) => part !== '')
    .join(' ');

export const flagLines = (flags: readonly ManifestFlag[]): readonly string[] =>
  twoColumns(flags.filter((flag) => flag.hidden !== true).map((flag) => [flagTerm(flag), flagDoes(flag)]));

const globalTerms = (globals: readonly ManifestFlag[]): readonly string[] =>
  flow(globals.map((flag) => flagTerm(flag).replace(', ', '/').replaceAll(' ', '\u00a0')).join(', '), {
    indent: '  ',
  }).map((line) => line.replaceAll('\u00a0', ' '));

/** What every command may end with. */
const exitsOfText = [0, 2, 6, 70];
/**
 * And one that obeys the global flags and settings: an unknown --context (3), --timeout (7), --jq beyond its limits (8)
 * or on values that do not fit, a broken config file (9), a signal.
 */
const exitsOfContext = [...exitsOfText, 3, 7, 8, 9, 130, 143];

/** `ops X --help`: sentence, examples, usage, flags, exit codes, route, output fields; at most 80 columns. */
export const commandHelp = (
  node: Omit<ManifestNode, 'help'>,
  { doc, globals, opensContext }: { doc: CommandDoc; globals: readonly ManifestFlag[]; opensContext: boolean },
): string => {
  const codes = new Set([
    ...(doc.verdict === true ? [1] : []),
    ...(doc.exits ?? []),
    ...(opensContext ? exitsOfContext : exitsOfText),
  ]);
  // A signal is how a service is ended: that is no failure.
  const exits = [...codes]
    .filter((code) => doc.service !== true || code < 128)
    .sort((a, b) => a - b)
    .map((code): Example => [String(code), exitMeanings[code] ?? '']);
  const hidden = new Set(node.flags.map((flag) => flag.long));
  const [alias] = node.aliases;
  return [
    ...flow(sentence(node.summary)),
    ...section('Examples', exampleLines(doc.examples.map(({ line, does }) => [line, does]))),
    ...section('Usage', flow(node.usage, { indent: '  ' })),
    ...(alias === undefined
      ? []
      : flow(`(\`${alias}\` is the same as \`${node.path.at(-1) ?? ''}\`)`, { indent: '  ' })),
    ...section('Arguments', twoColumns(node.arguments.map((argument) => [argument.name, argumentDoes(argument)]))),
    ...section('Flags', flagLines(node.flags)),
    ...section(
      'Global flags, explained in `ops --help`',
      globalTerms(globals.filter((flag) => !hidden.has(flag.long))),
    ),
    ...section('Exit codes', twoColumns(exits)),
    ...section('HTTP route', flow(routeText(doc), { indent: '  ' })),
    ...section('Output', outputLines(doc)),
    '',
  ].join('\n');
};

const argumentDoes = ({ does, choices }: ManifestArgument): string =>
  choices.length > 0 ? `${does} (${choices.join(', ')})`.trim() : does;

const routeText = ({ route, localOnly }: CommandDoc): string => {
  const base = route === 'none' ? 'none: it asks no server' : route;
  return localOnly === undefined ? base : `${base}; local only: ${localOnly}`;
};

const outputLines = ({ output, many }: CommandDoc): readonly string[] => {
  if (!output) return ['  no fixed fields: text, or the columns that you ask for'];
  const fields = outputFields(output);
  if (fields.length === 0) return ['  see `ops schema`'];
  return [many === true ? '  a list; each item has' : '  one document with', ...twoColumns(fields, { indent: '    ' })];
};

/** Help of a group: sentence, two examples, its commands. */
export const groupHelp = (group: GroupEntry, nodes: readonly ManifestNode[]): string => {
  const path = group.path.split(' ');
  const commands = nodes.filter(
    (node) => node.kind === 'command' && path.every((word, index) => node.path[index] === word),
  );
  return [
    ...flow(sentence(group.does)),
    ...section('Examples', exampleLines(group.examples)),
    ...section('Commands', commandLines(commands)),
    '',
    ...flow(`\`ops ${group.path} COMMAND --help\` explains a command.`),
    '',
  ].join('\n');
};

const commandLines = (commands: readonly Pick<ManifestNode, 'path' | 'summary'>[]): readonly string[] =>
  twoColumns(commands.map((node) => [node.path.join(' '), node.summary]));

/** `ops` alone, and `ops --help` with the global flags. */
export const rootHelp = (root: {
  readonly does: string;
  readonly examples: readonly Example[];
  readonly commands: readonly { readonly area: string; readonly node: ManifestNode }[];
  readonly globals?: readonly ManifestFlag[];
  readonly topics: readonly string[];
}): string =>
  [
    ...flow(root.does),
    ...section('Examples', exampleLines(root.examples)),
    ...areas.flatMap((area) =>
      section(area, commandLines(root.commands.filter((each) => each.area === area).map((each) => each.node))),
    ),
    ...section('Global flags', root.globals ? flagLines(root.globals) : []),
    '',
    ...flow('`ops COMMAND --help` explains a command, `ops --help` lists the global flags.'),
    ...flow(`\`ops help TOPIC\` explains ${root.topics.join(', ')}.`),
    '',
  ].join('\n');
