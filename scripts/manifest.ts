import { readFileSync } from 'node:fs';
import { buildManifest } from '../src/commands/frame/build-manifest.js';
import type { Manifest } from '../src/commands/frame/manifest.js';
import { helpColumns } from '../src/commands/frame/wrap.js';
import { tree } from '../src/commands/index.js';

/** The manifest of the real tree; throws where a command lacks documentation or its help is too wide. */
export const makeManifest = async (): Promise<Manifest> => {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const manifest = await buildManifest(tree, version);
  const wide = manifest.nodes.flatMap((node) =>
    node.help
      .split('\n')
      .filter((line) => line.length > helpColumns)
      .map((line) => `ops ${node.path.join(' ')}: ${line}`),
  );
  if (wide.length > 0) throw new Error(`help is wider than ${helpColumns} columns:\n${wide.join('\n')}`);
  return manifest;
};
