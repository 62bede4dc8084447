import type { DuckDBConnection } from '@duckdb/node-api';
import { textOf } from './tree.js';

/** Tell or change something outside of the query: settings, secrets, statements, other queries, the engine itself. */
const denied = new Set(
  `getenv getvariable current_setting current_query current_query_id current_transaction_id current_connection_id
   nextval currval txid_current in_search_path which_secret write_log parse_duckdb_log_message sql_auto_complete
   json_serialize_plan json_serialize_sql json_deserialize_sql json_execute_serialized_sql sleep_ms stats vector_type
   setseed can_cast_implicitly current_role current_user session_user user get_block_size map_to_pg_oid make_type
   cast_to_type create_sort_key add_parquet_key format_pg_type format_type col_description obj_description
   shobj_description generate_subscripts unpivot_list finalize combine`.split(/\s+/),
);

/** The same by their family: names that later versions of the engine may add. */
const deniedFamilies =
  /^(?:__internal|pg_|duckdb_|pragma_|parquet_|read_|write_|copy_|load_|install_|attach_|glob|sniff_|inet_|has_\w+_privilege$|query|txid_)|_parquet_|_scan$|_secret|_extension|_setting/;

/** Window functions and syntax that the engine's list of functions leaves out. */
const known = `row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value
  first last unnest list_value struct_pack row map struct_extract array_extract count_star ifnull`.split(/\s+/);

/** Table functions that compute rows from their arguments and reach nothing else. */
export const allowedTableFunctions: ReadonlySet<string> = new Set(
  'unnest generate_series range repeat repeat_row json_each json_tree'.split(' '),
);

/** Operators have no letters in their names. */
const isOperator = (name: string): boolean => !/[a-z0-9]/i.test(name);

const isDenied = (name: string): boolean => denied.has(name) || deniedFamilies.test(name);

let builtIn: ReadonlySet<string> | undefined;

/** Names, in lower case, of the functions that a statement may call; our own macros are not among them. */
export const allowedFunctions = async (connection: DuckDBConnection): Promise<ReadonlySet<string>> => {
  if (builtIn) return builtIn;
  const reader = await connection.runAndReadAll(
    `SELECT DISTINCT lower(function_name) FROM duckdb_functions()
     WHERE function_type IN ('scalar', 'aggregate', 'macro') AND internal`,
  );
  const names = reader.getRows().map(([name]) => textOf(name));
  builtIn = new Set([...names, ...known].filter((name) => isOperator(name) || !isDenied(name)));
  return builtIn;
};

/** True for a function that exists and may not be called; false for one that does not exist. */
export const isRefusedFunction = isDenied;
