import { OpsError } from '../../base/errors.js';
import { nearest } from '../../base/nearest.js';
import { type Manifest, nodeAt, spelled } from './manifest.js';

/**
 * Text of `ops help WORDS…`: a topic, a group, a command, `ops` itself, or where a plugin's own help is. Throws `usage`
 * for anything else.
 */
export const helpForWords = async (
  words: readonly string[],
  manifest: Manifest,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> => {
  const [first] = words;
  if (first === undefined) return manifest.longHelp;
  const topic = words.length === 1 ? manifest.topics[first] : undefined;
  const text = topic ?? nodeAt(manifest, words)?.help;
  if (text !== undefined) return text;
  const { pluginNamed, pluginsOnPath } = await import('./plugins.js');
  const group = deepest(words, manifest);
  const plugin = group.length === 0 ? pluginNamed(first, env) : undefined;
  if (plugin !== undefined)
    return `${first} is a plugin, ${plugin}: it explains itself with \`ops ${first} --help\`.\n`;
  const asked = words.join(' ');
  const names = [
    ...Object.keys(manifest.topics),
    ...manifest.nodes.map((node) => node.path.join(' ')),
    ...pluginsOnPath(env).map(({ name }) => name),
  ];
  const near = nearest(asked, names);
  const commands = `commands: \`${spelled(group)} --help\``;
  const known = group.length > 0 ? commands : `topics: ${Object.keys(manifest.topics).join(', ')}; ${commands}`;
  throw new OpsError(
    'usage',
    `no help for "${asked}"`,
    near.length > 0 ? `did you mean ${near.map((name) => `\`ops help ${name}\``).join(' or ')}? ${known}` : known,
  );
};

/** The longest beginning of the words that is a group or a command. */
const deepest = (words: readonly string[], manifest: Manifest): readonly string[] => {
  for (let count = words.length - 1; count > 0; count--) {
    const node = nodeAt(manifest, words.slice(0, count));
    if (node) return node.path;
  }
  return [];
};
