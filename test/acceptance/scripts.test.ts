import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'vitest';
import { runScript } from './testscript.js';

const folder = join(import.meta.dirname, 'scripts');

for (const name of readdirSync(folder)
  .filter((file) => file.endsWith('.txt'))
  .sort()) {
  test(name, () => runScript({ name, text: readFileSync(join(folder, name), 'utf8') }));
}
