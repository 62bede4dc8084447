import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build, type Metafile, type Plugin } from 'esbuild';

/** Parts with native code or data files of their own stay packages. */
const external = ['better-sqlite3', '@duckdb/node-bindings', '@node-rs/argon2', 'jq-wasm'];

/**
 * `import { z }` hands out one object that holds all of zod, every language included: 750 KB in each command's start.
 * As a namespace import only what is used is bundled.
 */
const leanZod: Plugin = {
  name: 'lean-zod',
  setup: ({ onLoad }) =>
    onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace(/^import \{ z \} from 'zod';/m, "import * as z from 'zod';"),
      loader: 'ts',
    })),
};

/** One chunk per command under `dist/`; without `write` only the account of what would go where. */
export const bundle = async ({ write }: { readonly write: boolean }): Promise<Metafile> => {
  const { metafile } = await build({
    absWorkingDir: fileURLToPath(new URL('..', import.meta.url)),
    // A thread starts from a file of its own.
    entryPoints: { main: 'src/main.ts', 'jq-worker': 'src/adapters/jq/worker.ts' },
    outdir: 'dist',
    write,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external,
    plugins: [leanZod],
    chunkNames: 'chunks/[name]-[hash]',
    loader: { '.sql': 'text' },
    define: { OPS_BUNDLED: 'true', 'process.env.NODE_ENV': '"production"' },
    // Packages in CommonJS call require(); an ES module has none.
    banner: {
      js: "import { createRequire as opsRequire } from 'node:module'; const require = opsRequire(import.meta.url);",
    },
    metafile: true,
    logLevel: 'warning',
  });
  return metafile;
};

/** Packages that every start would load, before the command is known; the fast path may have none. */
export const packagesOfEveryStart = (metafile: Metafile): readonly string[] => {
  const early = [...loadedBy(metafile, 'dist/main.js')];
  const external = early.filter((path) => !path.startsWith('dist/') && !isBuiltIn(path));
  const inputs = early.flatMap((path) => Object.keys(metafile.outputs[path]?.inputs ?? {}));
  return [...external, ...inputs.filter((path) => path.includes('node_modules/'))];
};

const loadedBy = (metafile: Metafile, file: string, seen = new Set<string>()): ReadonlySet<string> => {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const { path, kind } of metafile.outputs[file]?.imports ?? [])
    if (kind === 'import-statement') loadedBy(metafile, path, seen);
  return seen;
};

const isBuiltIn = (path: string): boolean => path.startsWith('node:') || builtinModules.includes(path);
