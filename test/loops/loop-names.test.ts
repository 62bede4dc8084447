import { expect, test } from 'vitest';
import { isOpsError } from '../../src/base/errors.js';
import { checkLoopNames, type LoopNames, loops } from '../../src/loops/index.js';

const refusal = (names: LoopNames) => {
  try {
    return checkLoopNames(names);
  } catch (error) {
    return isOpsError(error) ? error : undefined;
  }
};

test.each<[LoopNames, LoopNames]>([
  ['all', 'all'],
  ['none', 'none'],
  [['all'], 'all'],
  [['none'], 'none'],
  [
    ['query.sweep', 'query.sweep', 'events.project'],
    ['query.sweep', 'events.project'],
  ],
])('%j means %j', (names, meaning) => {
  expect(checkLoopNames(names)).toEqual(meaning);
});

test.each([
  [['query.swep'], 'query.swep', /--loops query\.sweep/],
  [['query.sweep', 'non'], 'non', /--loops none/],
  [['backups'], 'backups', /query\.compaction/],
  [[''], '""', /query\.compaction/],
  [['query.sweep', 'all'], 'all', /names of loops/],
  [['all', 'none'], 'all', /names of loops/],
])('%j is a usage error that says what to give', (names, named, hint) => {
  const error = refusal(names);
  expect(error).toMatchObject({ code: 'usage' });
  expect(isOpsError(error) && error.message).toContain(named);
  expect(isOpsError(error) && error.hint).toMatch(hint);
});

test('every loop is named after its area, and no two alike', () => {
  const names = loops.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const { name, area } of loops) expect(name).toMatch(new RegExp(`^${area}\\.[a-z]+$`));
});
