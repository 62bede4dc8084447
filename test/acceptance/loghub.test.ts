import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sandbox } from './testscript.js';

// Real log lines with their right answers; they may not be copied into the repository.
const folder = join(process.env['OPS_TEST_DATA'] ?? '', 'loghub');
const present = process.env['OPS_TEST_DATA'] !== undefined && existsSync(folder);
const systems = ['Apache', 'HDFS', 'Linux', 'OpenSSH', 'OpenStack', 'Zookeeper'];

const ask = (args: readonly string[]): string => {
  const { cwd, env, remove } = sandbox();
  try {
    return execFileSync('ops', ['query', ...args, '-o', 'ndjson'], { cwd, env, encoding: 'utf8', maxBuffer: 1e8 });
  } finally {
    remove();
  }
};

describe.skipIf(!present)(`loghub logs${present ? '' : ' (not there: set OPS_TEST_DATA)'}`, () => {
  test.each(systems)('%s: each line of the log is the row of its LineId in the CSV', (system) => {
    const answer = ask([
      '--from',
      `log=${join(folder, `${system}.log`)}`,
      '--from',
      `csv=${join(folder, `${system}.structured.csv`)}`,
      `SELECT count(*) AS n, count(*) FILTER (contains(l.body, c.Content)) AS same, count(*) FILTER (contains(l.body, chr(13))) AS cr
       FROM log l JOIN csv c ON l.line = c.LineId`,
    ]);
    const { n, same, cr } = JSON.parse(answer) as Record<string, number>;
    expect(n).toBe(2_000);
    expect(cr).toBe(0);
    expect(same).toBeGreaterThan(1_990);
  });

  test('a pattern pulls fields out of OpenSSH lines', () => {
    const answer = ask([
      '--from',
      `log=${join(folder, 'OpenSSH.log')}`,
      '--pattern',
      'Failed password for (invalid user )?(?P<who>\\S+) from (?P<address>\\S+)',
      'SELECT who, count(*) AS n FROM log WHERE who IS NOT NULL GROUP BY who ORDER BY n DESC LIMIT 1',
    ]);
    expect(JSON.parse(answer)).toEqual({ who: 'root', n: 370 });
  });
});
