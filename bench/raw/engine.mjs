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
} else if (mode === 'first-ms') {
  const started = performance.now();
  const result = await connection.stream(sql);
  await result.fetchChunk();
  process.stdout.write(`${performance.now() - started}\n`);
  process.exit(0);
} else if (mode?.startsWith('latency-')) {
  // So many callers in this process, so many statements each; every time in ms.
  const [callers, each] = mode.split('-').slice(1).map(Number);
  const times = [];
  const caller = async () => {
    const own = await instance.connect();
    for (let n = 0; n < each; n++) {
      const started = performance.now();
      await (await own.runAndReadAll(sql)).getRowObjectsJson();
      times.push(performance.now() - started);
    }
  };
  await connection.runAndReadAll(sql);
  await Promise.all(Array.from({ length: callers }, caller));
  times.sort((a, b) => a - b);
  const at = (q) => times[Math.min(times.length - 1, Math.floor(times.length * q))];
  process.stdout.write(JSON.stringify({ p50: at(0.5), p99: at(0.99) }));
} else {
  // The first row of a streamed result, as soon as the engine has it.
  const result = await connection.stream(sql);
  const chunk = await result.fetchChunk();
  process.stdout.write(`${chunk?.rowCount}\n`);
  process.exit(0);
}
