import { isNode, type TreeNode, textOf } from './tree.js';

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/**
 * What most statements are made of. Asking the engine for all of its functions takes longer than many a query; a test
 * holds these lists against what it answers.
 */
export const commonScalars: ReadonlySet<string> = new Set(
  words(`+ - * / // % || ~~ !~~ ~~* !~~* ->> abs round floor ceil lower upper trim length substring replace concat
    contains starts_with ends_with strpos split_part regexp_matches regexp_extract regexp_replace regexp_full_match
    date_trunc date_part strftime strptime epoch epoch_ms trunc to_days to_hours to_minutes to_seconds to_milliseconds
    json_extract json_extract_string list_value struct_pack greatest least nullif typeof list_contains len
    array_length time_bucket year month day hour minute second`),
);

export const commonAggregates: ReadonlySet<string> = new Set(
  words(`count count_star sum avg min max median stddev quantile_cont array_agg string_agg any_value arg_max arg_min
    approx_count_distinct approx_quantile first last count_if bool_and bool_or mode list`),
);

/** Names, in lower case, of every function that the statement calls. */
export const calledFunctions = (value: unknown, found = new Set<string>()): ReadonlySet<string> => {
  if (Array.isArray(value)) for (const item of value) calledFunctions(item, found);
  if (!isNode(value) || value.class === 'CONSTANT') return found;
  const node: TreeNode = value;
  if (node.class === 'FUNCTION' || node.class === 'WINDOW') found.add(textOf(node.function_name).toLowerCase());
  for (const part of Object.values(node)) calledFunctions(part, found);
  return found;
};
