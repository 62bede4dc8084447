import { macros } from '../src/adapters/duckdb/macros.js';
import { rewrittenFunctions } from '../src/adapters/duckdb/rewrite.js';
import type { Manifest } from '../src/commands/frame/manifest.js';
import { keyNames, keySpec } from '../src/core/config/index.js';
import { serverMetrics } from '../src/serve/metrics.js';
import type { Route } from '../src/serve/route.js';
import { allRoutes } from '../src/serve/routes.js';
import { makeManifest } from './manifest.js';

const fence = '```';

const commandPage = ({ nodes, longHelp }: Manifest): string => {
  const commands = nodes.filter(({ kind }) => kind === 'command');
  const contents = commands.map(({ path, summary }) => `- [ops ${path.join(' ')}](#ops-${path.join('-')}): ${summary}`);
  const sections = commands.map(
    ({ path, help }) => `## ops ${path.join(' ')}\n\n${fence}text\n${help.trimEnd()}\n${fence}\n`,
  );
  return `# Commands

Made by \`npm run docs\` from the program's own help. Exit codes: [errors.md](errors.md).

${contents.join('\n')}

## ops

${fence}text
${longHelp.trimEnd()}
${fence}

${sections.join('\n')}`;
};

const cell = (text: string | undefined): string => (text ?? '').replaceAll('|', '\\|');

const configPage = (): string => {
  const rows = keyNames.map((key) => {
    const { does, default: standard, flag, variable, files } = keySpec(key);
    return `| \`${key}\` | ${cell(does)} | ${cell(standard)} | ${cell(flag)} | ${cell(variable)} | ${files.join(', ')} |`;
  });
  return `# Configuration

Made by \`npm run docs\` from the table of keys.

Strongest first: flag, environment, project file \`.ops.yaml\` (nearest upward to the repository root), context, user
config, default. \`ops config explain KEY\` says where a value comes from. Unknown keys are errors.

${fence}yaml
# config.yaml, at \`ops config path\`
version: 1
current-context: local
contexts:
  local: {}
  night: { data-dir: /srv/ops, read-only: true }
  prod: { protected: true }
${fence}

A \`read-only\` context refuses every change (exit 4). A \`protected\` one wants \`--confirm NAME\` before anything is
destroyed. Tokens live in files of mode 0600, never in the config.

| key | what | default | flag | variable | may stand in |
|---|---|---|---|---|---|
${rows.join('\n')}

Files follow the XDG rules: config in \`$XDG_CONFIG_HOME/ops\`, data in \`$XDG_DATA_HOME/ops/CONTEXT\`, state (history,
crash reports) in \`$XDG_STATE_HOME/ops\`. \`OPS_CONFIG_DIR\` and \`OPS_DATA_DIR\` override. \`OPS_NOW\` fixes the clock.
`;
};

const functionPage = (): string => {
  const known = [...macros, ...rewrittenFunctions]
    .map(({ name, note }) => ({ name, note }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const rows = [...new Map(known.map((row) => [row.name, row])).values()].map(
    ({ name, note }) => `| \`${name}\` | ${cell(note)} |`,
  );
  return `# SQL functions

Made by \`npm run docs\`. All scalar, aggregate and window functions of DuckDB that touch nothing but their arguments are
there; these are added or mean what users of DataFusion expect.

| function | what |
|---|---|
${rows.join('\n')}
`;
};

const demandText = (demand: Route['demand']): string => {
  if (typeof demand === 'object') return `query role \`${demand.query}\``;
  return {
    open: 'nothing',
    known: 'nothing; a wrong credential is refused',
    ops: 'an ops token, or an administrator’s session',
    administrator: 'an ops token or session of an administrator',
  }[demand];
};

const headerRows = (route: Route): readonly string[] =>
  Object.entries(route.headers?.shape ?? {}).map(
    ([name, field]) => `  - \`${name}\`: ${cell(field.meta()?.description)}`,
  );

const routeSection = (route: Route): string =>
  [
    `### ${route.method} ${route.path}`,
    '',
    route.summary,
    '',
    `- Demands: ${demandText(route.demand)}`,
    `- Answers: ${Object.entries(route.answers)
      .map(([status, { content }]) => `${status}${Number(status) < 300 && content ? ` \`${content.type}\`` : ''}`)
      .join(', ')}`,
    ...(route.headers ? ['- Request headers:', ...headerRows(route)] : []),
    '',
  ].join('\n');

const httpPage = (): string => {
  const never = () => Promise.reject(new TypeError('no route is called for its description'));
  const routes = allRoutes(
    { query: never, identity: never },
    { version: '', metrics: serverMetrics(''), schemaCacheMs: 0, basePath: '' },
  );
  const section = (title: string, owner: Route['owner']): string =>
    `## ${title}\n\n${routes
      .filter((route) => route.owner === owner)
      .map(routeSection)
      .join('\n')}`;
  return `# HTTP routes

Made by \`npm run docs\` from the table of routes that the server itself uses. The same as OpenAPI 3.1:
\`/ops/v1/openapi/query.json\` and \`/ops/v1/openapi/ops.json\`. Running the server: [serve.md](serve.md); credentials:
[identity.md](identity.md).

Every answer carries \`X-Request-ID\`, the caller’s own where it sent a printable one. Errors of the query platform are
\`{"error":{"code","message","request_id"}}\`; those of the rest are \`{"error":{"code","reason","message","hint","request_id"}}\`.
The codes are in [errors.md](errors.md).

${section('The query platform', 'query')}
${section('Shared, and ours', 'shared')}`;
};

/** The pages that are made of the program itself, by path from the root of the repository. */
export const referencePages = async (): Promise<Readonly<Record<string, string>>> => ({
  'docs/cli.md': commandPage(await makeManifest()),
  'docs/config.md': configPage(),
  'docs/functions.md': functionPage(),
  'docs/http.md': httpPage(),
});
