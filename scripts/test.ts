import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/**
 * `npm test`: unit and contract tests, the build, then everything that runs the built program. One command, in this
 * order, so that the program's tests never run against a stale build. Says which proofs it could not make.
 */
const steps: readonly (readonly [name: string, command: string, args: readonly string[]])[] = [
  ['unit and contract tests', 'npx', ['vitest', 'run']],
  ['build', 'npm', ['run', '--silent', 'build']],
  ['tests of the built program', 'npx', ['vitest', 'run', '--config', 'vitest.program.config.ts']],
];

const missing: string[] = [];
if (!existsSync(process.env['OPS_TEST_DATA'] ?? '')) {
  missing.push('queries over the loghub logs (set OPS_TEST_DATA to a folder that holds loghub/)');
}

if (!process.version.startsWith('v24.')) missing.push(`Node 24 (this is ${process.version})`);

let failed = false;
for (const [name, command, args] of steps) {
  process.stdout.write(`\n== ${name}\n`);
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  if (status !== 0) {
    process.stdout.write(`\n== ${name}: failed\n`);
    failed = true;
    break;
  }
}

for (const proof of missing) process.stdout.write(`not proven here: ${proof}\n`);
process.exitCode = failed ? 1 : 0;
