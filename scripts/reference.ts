import { macros } from '../src/adapters/duckdb/macros.js';
import { rewrittenFunctions } from '../src/adapters/duckdb/rewrite.js';
import type { Manifest } from '../src/commands/frame/manifest.js';
import { keyNames, keySpec } from '../src/core/config/index.js';
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

/** The pages that are made of the program itself, by path from the root of the repository. */
export const referencePages = async (): Promise<Readonly<Record<string, string>>> => ({
  'docs/cli.md': commandPage(await makeManifest()),
  'docs/config.md': configPage(),
  'docs/functions.md': functionPage(),
});
