// The raw engine as a peer: `node engine.mjs SQL` runs the statement and prints how long the engine took, in ms.
import { DuckDBInstance } from '@duckdb/node-api';

const [mode, sql] = process.argv.slice(2);
const instance = await DuckDBInstance.create(':memory:');
const connection = await instance.connect();
await connection.run("SET TimeZone = 'UTC'");
if (mode === 'run') {
  const started = performance.now();
  await connection.run(sql);
  process.stdout.write(`${performance.now() - started}\n`);
} else {
  // The first row of a streamed result, as soon as the engine has it.
  const result = await connection.stream(sql);
  const chunk = await result.fetchChunk();
  process.stdout.write(`${chunk?.rowCount}\n`);
  process.exit(0);
}
