// The import rules of the map (docs/architecture.md): arrows point inwards.
const rule = (name, from, to) => ({ name, severity: 'error', from, to });

/** Packages that only one folder may know. */
const homes = {
  'ink|@inkjs|react': 'tui/',
  commander: 'commands/|main\\.ts$',
  'fastify[^/]*|@fastify|graphql|graphql-http|mercurius|prom-client': 'serve/',
  '@grpc|apache-arrow|graphql-ws': 'serve/|adapters/',
  'better-sqlite3|@duckdb|@kusto|undici|@kubernetes|croner|yaml|jq-w[^/]*|pdfkit|nodemailer|jose|@node-rs|sanitize-html|tar-stream|fzstd':
    'adapters/',
};

const forbidden = [
  rule('resolvable', {}, { couldNotResolve: true }),
  rule('no-circular', {}, { circular: true }),
  rule('base-is-a-leaf', { path: '^src/base/' }, { path: '.', pathNot: ['^src/base/', 'node_modules/zod/'] }),
  rule(
    'core-is-pure',
    { path: '^src/core/' },
    { path: '.', pathNot: ['^src/(core|base)/', 'node_modules/zod/', '^crypto$'] },
  ),
  rule(
    'domains-are-islands',
    { path: '^src/core/([^/]+)/' },
    { path: '^src/core/', pathNot: '^src/core/($1|shared)/' },
  ),
  rule(
    'front-door-only',
    { path: '^src/', pathNot: '^src/core/' },
    { path: '^src/core/[^/]+/', pathNot: '^src/core/[^/]+/index\\.ts$' },
  ),
  rule('adapters-know-core-only', { path: '^src/adapters/' }, { path: '^src/', pathNot: '^src/(adapters|core|base)/' }),
  rule(
    'adapters-are-islands',
    { path: '^src/adapters/([^/]+)/' },
    { path: '^src/adapters/', pathNot: '^src/adapters/($1|sqlite)/' },
  ),
  rule(
    'only-wire-sees-adapters',
    { path: '^src/', pathNot: '^src/(wire[a-z-]*\\.ts$|adapters/)' },
    { path: '^src/adapters/' },
  ),
  rule('render-only-shapes-text', { path: '^src/render/' }, { path: '^src/', pathNot: '^src/(render|core|base)/' }),
  rule(
    'loops-call-use-cases',
    { path: '^src/loops/' },
    { path: '^src/', pathNot: '^src/(loops/|context\\.ts$|core/|base/)' },
  ),
  rule('only-commands-start-loops', { path: '^src/', pathNot: '^src/(commands|loops)/' }, { path: '^src/loops/' }),
  rule(
    'faces-are-strangers',
    { path: '^src/(commands|serve|tui)/', pathNot: '^src/commands/(serve|tui|api|demo|sla/graphql)\\.ts$' },
    { path: '^src/(commands|serve|tui)/', pathNot: '^src/$1/' },
  ),
  rule('wire-is-below-the-faces', { path: '^src/(wire[a-z-]*|context)\\.ts$' }, { path: '^src/(commands|serve|tui)/' }),
  rule(
    'only-main-sees-wire',
    { path: '^src/', pathNot: '^src/(main|wire[a-z-]*)\\.ts$' },
    { path: '^src/(main|wire[a-z-]*)\\.ts$' },
  ),
  rule(
    'main-starts-commands',
    { path: '^src/main\\.ts$' },
    { path: '^src/', pathNot: '^src/((wire[a-z-]*|context)\\.ts$|commands/|base/)' },
  ),
  ...Object.entries(homes).map(([packages, home]) =>
    rule(
      `${home.replace(/\W/g, '')}-only`,
      { path: '^src/', pathNot: `^src/(${home})` },
      { path: `node_modules/(${packages})/` },
    ),
  ),
];

const options = {
  tsPreCompilationDeps: true, // types count
  doNotFollow: { path: 'node_modules' }, // or the packages' own cycles are reported
  enhancedResolveOptions: {
    exportsFields: ['exports'], // or imports of ESM-only packages pass unseen
    conditionNames: ['import', 'require', 'node', 'default', 'types'],
  },
};

export default { forbidden, options };
