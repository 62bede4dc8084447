import { OpsError } from '../../base/errors.js';
import { nearest } from '../../base/nearest.js';
import { type Manifest, nodeAt } from './manifest.js';

/** Text of `ops help WORDS…`: a topic, a group, a command, or `ops` itself. Throws `usage` for anything else. */
export const helpForWords = (words: readonly string[], manifest: Manifest): string => {
  const [first] = words;
  if (first === undefined) return manifest.longHelp;
  const topic = words.length === 1 ? manifest.topics[first] : undefined;
  const text = topic ?? nodeAt(manifest, words)?.help;
  if (text !== undefined) return text;
  const asked = words.join(' ');
  const names = [...Object.keys(manifest.topics), ...manifest.nodes.map((node) => node.path.join(' '))];
  const near = nearest(asked, names);
  const known = `topics: ${Object.keys(manifest.topics).join(', ')}; commands: \`ops --help\``;
  throw new OpsError(
    'usage',
    `no help for "${asked}"`,
    near.length > 0 ? `did you mean ${near.map((name) => `\`ops help ${name}\``).join(' or ')}? ${known}` : known,
  );
};
