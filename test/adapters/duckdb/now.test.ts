import { expect, test } from 'vitest';
import { asksForNow } from '../../../src/adapters/duckdb/macros.js';

test.each([
  ['{"type":"FUNCTION","function_name":"get_current_timestamp"}', true],
  ['{"type":"FUNCTION","function_name":"now"}', true],
  ['{"type":"FUNCTION","function_name":"AGO"}', true],
  ['{"type":"COLUMN_REF","column_names":["knowledge"]}', false],
  ['{"type":"FUNCTION","function_name":"count_star"}', false],
])('the tree %s asks for the time: %s', (tree, asks) => {
  expect(asksForNow(tree)).toBe(asks);
});
