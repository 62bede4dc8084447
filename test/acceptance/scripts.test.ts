import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'vitest';
import { runScript } from './testscript.js';

const folder = join(import.meta.dirname, 'scripts');

/** In the first line of a script: it must pass unchanged against a server, too. */
const bothModes = /^# local and remote\b/;

for (const name of readdirSync(folder)
  .filter((file) => file.endsWith('.txt'))
  .sort()) {
  const text = readFileSync(join(folder, name), 'utf8');
  test(name, () => runScript({ name, text }));
  if (bothModes.test(text)) test(`${name}, against a server`, () => runScript({ name, text }, { remote: true }));
}
