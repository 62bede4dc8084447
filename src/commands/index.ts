import type { CommandTree } from './frame/tree.js';

/** Every command of `ops`: where it stands and which module to load for it. What it takes, its module says. */
export const tree: CommandTree = {
  groups: [
    {
      path: 'logs',
      area: 'Query',
      does: 'Look after the tables that hold ingested rows.',
      examples: [
        ['ops logs schema', 'databases, tables and columns'],
        ['ops logs tail checkout --since 10m --follow', 'newest rows, and those to come'],
      ],
    },
    {
      path: 'logs table',
      area: 'Query',
      does: 'Create, inspect and change single tables.',
      examples: [
        ['ops logs table create default.checkout --retention-days 30', 'a table that forgets after a month'],
        ['ops logs table get default.checkout', 'its columns, rows and bytes'],
      ],
    },
    {
      path: 'data',
      area: 'Data',
      does: 'Back up, restore and check the data directory.',
      examples: [
        ['ops data backup monday.tar', 'one consistent archive, while others work'],
        ['ops data verify', 'every stored file against the books'],
      ],
    },
    {
      path: 'auth',
      area: 'Server',
      does: 'Log in to a server; look after accounts and tokens.',
      examples: [
        ['ops auth login --server https://ops.example.com', 'a session for the commands to come'],
        ['ops auth status', 'who you are, and what you may do'],
      ],
    },
    {
      path: 'auth token',
      area: 'Server',
      does: 'Ops tokens: credentials for programs.',
      examples: [
        ['ops auth token create --name nightly --role query=read', 'a token, shown once'],
        ['ops auth token list', 'the tokens, and when each was used last'],
      ],
    },
    {
      path: 'auth user',
      area: 'Server',
      does: 'Accounts: people, with one role per area.',
      examples: [
        ['ops auth user create alice --role query=admin', 'asks for the password'],
        ['ops auth user grant alice sla=VIEWER', 'a role in another area'],
      ],
    },
    {
      path: 'config',
      area: 'Settings',
      does: 'Read and change the settings of ops.',
      examples: [
        ['ops config list', 'every setting and where it comes from'],
        ['ops config set output json', 'a default for all commands'],
      ],
    },
    {
      path: 'context',
      area: 'Settings',
      does: 'Name the places where you work, and switch between them.',
      examples: [
        ['ops context list', 'the contexts that exist'],
        ['ops context use lab', 'work there from now on'],
      ],
    },
    {
      path: 'plugin',
      area: 'About ops',
      does: 'Commands of your own: an executable `ops-foo` on PATH is `ops foo`.',
      examples: [
        ['ops plugin list', 'the plugins found, and those that a built-in command hides'],
        ['ops plugin list -o json', 'the same for a script'],
      ],
    },
  ],
  commands: [
    { path: 'query', area: 'Query', load: () => import('./query/query.js').then((m) => m.queryCommand) },
    { path: 'ingest', area: 'Query', load: () => import('./query/ingest.js').then((m) => m.ingestCommand) },
    {
      path: 'logs schema',
      area: 'Query',
      load: () => import('./query/logs-schema.js').then((m) => m.logsSchemaCommand),
    },
    { path: 'logs tail', area: 'Query', load: () => import('./query/logs-tail.js').then((m) => m.logsTailCommand) },
    {
      path: 'logs compact',
      area: 'Query',
      load: () => import('./query/logs-compact.js').then((m) => m.logsCompactCommand),
    },
    {
      path: 'logs cleanup',
      area: 'Query',
      load: () => import('./query/logs-cleanup.js').then((m) => m.logsCleanupCommand),
    },
    {
      path: 'logs table create',
      area: 'Query',
      load: () => import('./query/logs-table-create.js').then((m) => m.logsTableCreateCommand),
    },
    {
      path: 'logs table get',
      area: 'Query',
      load: () => import('./query/logs-table-get.js').then((m) => m.logsTableGetCommand),
    },
    {
      path: 'logs table update',
      area: 'Query',
      load: () => import('./query/logs-table-update.js').then((m) => m.logsTableUpdateCommand),
    },
    { path: 'data backup', area: 'Data', load: () => import('./data/backup.js').then((m) => m.dataBackupCommand) },
    { path: 'data restore', area: 'Data', load: () => import('./data/restore.js').then((m) => m.dataRestoreCommand) },
    { path: 'data verify', area: 'Data', load: () => import('./data/verify.js').then((m) => m.dataVerifyCommand) },
    { path: 'data usage', area: 'Data', load: () => import('./data/usage.js').then((m) => m.dataUsageCommand) },
    { path: 'serve', area: 'Server', load: () => import('./serve.js').then((m) => m.serveCommand) },
    { path: 'api', area: 'Server', load: () => import('./api.js').then((m) => m.apiCommand) },
    { path: 'auth login', area: 'Server', load: () => import('./auth/login.js').then((m) => m.authLoginCommand) },
    { path: 'auth logout', area: 'Server', load: () => import('./auth/logout.js').then((m) => m.authLogoutCommand) },
    { path: 'auth status', area: 'Server', load: () => import('./auth/status.js').then((m) => m.authStatusCommand) },
    {
      path: 'auth token create',
      area: 'Server',
      load: () => import('./auth/token-create.js').then((m) => m.authTokenCreateCommand),
    },
    {
      path: 'auth token list',
      area: 'Server',
      load: () => import('./auth/token-list.js').then((m) => m.authTokenListCommand),
    },
    {
      path: 'auth token revoke',
      area: 'Server',
      load: () => import('./auth/token-revoke.js').then((m) => m.authTokenRevokeCommand),
    },
    {
      path: 'auth user list',
      area: 'Server',
      load: () => import('./auth/user-list.js').then((m) => m.authUserListCommand),
    },
    {
      path: 'auth user create',
      area: 'Server',
      load: () => import('./auth/user-create.js').then((m) => m.authUserCreateCommand),
    },
    {
      path: 'auth user delete',
      area: 'Server',
      load: () => import('./auth/user-delete.js').then((m) => m.authUserDeleteCommand),
    },
    {
      path: 'auth user grant',
      area: 'Server',
      load: () => import('./auth/user-grant.js').then((m) => m.authUserGrantCommand),
    },
    {
      path: 'auth user revoke',
      area: 'Server',
      load: () => import('./auth/user-revoke.js').then((m) => m.authUserRevokeCommand),
    },
    { path: 'run', area: 'Data', load: () => import('./run.js').then((m) => m.runCommand) },
    { path: 'config get', area: 'Settings', load: () => import('./config/get.js').then((m) => m.configGetCommand) },
    { path: 'config set', area: 'Settings', load: () => import('./config/set.js').then((m) => m.configSetCommand) },
    {
      path: 'config unset',
      area: 'Settings',
      load: () => import('./config/unset.js').then((m) => m.configUnsetCommand),
    },
    { path: 'config list', area: 'Settings', load: () => import('./config/list.js').then((m) => m.configListCommand) },
    {
      path: 'config explain',
      area: 'Settings',
      load: () => import('./config/explain.js').then((m) => m.configExplainCommand),
    },
    { path: 'config path', area: 'Settings', load: () => import('./config/path.js').then((m) => m.configPathCommand) },
    {
      path: 'context list',
      area: 'Settings',
      load: () => import('./context/list.js').then((m) => m.contextListCommand),
    },
    { path: 'context use', area: 'Settings', load: () => import('./context/use.js').then((m) => m.contextUseCommand) },
    {
      path: 'context create',
      area: 'Settings',
      load: () => import('./context/create.js').then((m) => m.contextCreateCommand),
    },
    {
      path: 'context delete',
      area: 'Settings',
      load: () => import('./context/delete.js').then((m) => m.contextDeleteCommand),
    },
    {
      path: 'context current',
      area: 'Settings',
      load: () => import('./context/current.js').then((m) => m.contextCurrentCommand),
    },
    {
      path: 'context use-cluster',
      area: 'Settings',
      load: () => import('./context/use-cluster.js').then((m) => m.contextUseClusterCommand),
    },
    { path: 'doctor', area: 'About ops', load: () => import('./doctor.js').then((m) => m.doctorCommand) },
    { path: 'version', area: 'About ops', load: () => import('./version.js').then((m) => m.versionCommand) },
    {
      path: 'help',
      area: 'About ops',
      load: () => import('./help.js').then((m) => m.helpCommand),
      text: () => import('./frame/help-words.js').then((m) => m.helpForWords),
    },
    { path: 'schema', area: 'About ops', load: () => import('./schema.js').then((m) => m.schemaCommand) },
    {
      path: 'completion',
      area: 'About ops',
      load: () => import('./completion.js').then((m) => m.completionCommand),
      text: () => import('./frame/completion/index.js').then((m) => m.completionScript),
    },
    { path: 'plugin list', area: 'About ops', load: () => import('./plugin.js').then((m) => m.pluginListCommand) },
  ],
};
