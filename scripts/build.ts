import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { bundle, packagesOfEveryStart } from './bundle.js';
import { licencesOf } from './licences.js';
import { makeManifest } from './manifest.js';

const manifest = await makeManifest();
rmSync('dist', { recursive: true, force: true });
const metafile = await bundle({ write: true });
const packages = packagesOfEveryStart(metafile);
if (packages.length > 0) throw new Error(`the fast path may load built-ins only, not ${packages.join(', ')}`);
cpSync('src/adapters/sqlite/migrations', 'dist/migrations', { recursive: true });
writeFileSync('dist/manifest.json', `${JSON.stringify(manifest)}\n`);
writeFileSync('dist/LICENCES.txt', licencesOf(metafile));
const outputs = Object.values(metafile.outputs);
const kib = Math.round(outputs.reduce((sum, { bytes }) => sum + bytes, 0) / 1024);
process.stderr.write(`dist: ${outputs.length} files, ${kib} KiB; ${manifest.nodes.length} commands and groups\n`);
