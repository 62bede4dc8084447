import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { consoleExamples } from './console.js';
import { fixtures, sandbox } from './testscript.js';

const docs = resolve(import.meta.dirname, '../../docs');

for (const page of readdirSync(docs).filter((name) => name.endsWith('.md'))) {
  const blocks = consoleExamples(readFileSync(join(docs, page), 'utf8'));
  if (blocks.length === 0) continue;
  // One sandbox a page: a later block may ask what an earlier one has stored.
  describe(`docs/${page}`, () => {
    const { cwd, env } = sandbox();
    symlinkSync(fixtures, join(cwd, 'fixtures'));
    test.each(blocks.flatMap(({ block }) => block))('line $line: $command', ({ command, output }) => {
      const printed = execFileSync('sh', ['-c', command], {
        cwd,
        env,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      expect(printed).toBe(output);
    });
  });
}
