type Environment = Readonly<Record<string, string | undefined>>;

/** Path arithmetic of the platform; pure. */
export interface PathRules {
  isAbsolute(path: string): boolean;
  join(...parts: readonly string[]): string;
}

/** What the process knows of its surroundings. */
export interface Surroundings {
  readonly env: Environment;
  readonly cwd: string;
  /** `/` where nobody knows one: then whatever must write says that it cannot. */
  readonly home: string;
  readonly paths: PathRules;
}

/** The folders of `ops` on this machine. */
export interface Places {
  readonly configDir: string;
  /** Holds one data directory per context. */
  readonly dataHome: string;
  readonly stateDir: string;
  readonly cacheDir: string;
}

/** A variable's value; an empty one counts as unset. */
export const variable = (env: Environment, name: string): string | undefined => env[name] || undefined;

/** `path` seen from the folder `base`; `~` and `~/…` are the home directory. */
export const resolvePath = (
  path: string,
  base: string,
  { home, paths }: Pick<Surroundings, 'home' | 'paths'>,
): string => {
  if (path === '~') return home;
  if (path.startsWith('~/')) return paths.join(home, path.slice(2));
  return paths.isAbsolute(path) ? path : paths.join(base, path);
};

/** By the XDG rules, which ignore relative values; `OPS_CONFIG_DIR` beats them. */
export const placesOf = ({ env, cwd, home, paths }: Surroundings): Places => {
  const folder = (name: string, ...fallback: readonly string[]): string => {
    const value = variable(env, name);
    return paths.join(value !== undefined && paths.isAbsolute(value) ? value : paths.join(home, ...fallback), 'ops');
  };
  const own = variable(env, 'OPS_CONFIG_DIR');
  return {
    configDir: own === undefined ? folder('XDG_CONFIG_HOME', '.config') : resolvePath(own, cwd, { home, paths }),
    dataHome: folder('XDG_DATA_HOME', '.local', 'share'),
    stateDir: folder('XDG_STATE_HOME', '.local', 'state'),
    cacheDir: folder('XDG_CACHE_HOME', '.cache'),
  };
};
