/** The command tree as plain data: made at build time, read by every start. Names, flags and help, no code. */
export interface Manifest {
  readonly version: string;
  /** Groups and commands, in the order in which help lists them. */
  readonly nodes: readonly ManifestNode[];
  /** Flags that every command takes. */
  readonly globals: readonly ManifestFlag[];
  /** Text of `ops` alone. */
  readonly help: string;
  /** Text of `ops --help`: the same, and the global flags. */
  readonly longHelp: string;
  /** Texts of `ops help TOPIC`. */
  readonly topics: Readonly<Record<string, string>>;
}

export interface ManifestNode {
  readonly kind: 'group' | 'command';
  /** e.g. `['logs', 'table', 'get']`. */
  readonly path: readonly string[];
  /** Other names of the last word. */
  readonly aliases: readonly string[];
  readonly summary: string;
  readonly arguments: readonly ManifestArgument[];
  /** Its own flags; a flag named like a global one takes its place. */
  readonly flags: readonly ManifestFlag[];
  readonly usage: string;
  readonly help: string;
}

export interface ManifestArgument {
  readonly name: string;
  readonly required: boolean;
  readonly variadic: boolean;
  readonly does: string;
  readonly choices: readonly string[];
  /** Kind of names that completion offers. */
  readonly complete?: string;
}

export interface ManifestFlag {
  /** With its dashes: `--output`; for a flag that has a short form only, that. */
  readonly long: string;
  readonly short?: string;
  /** Upper-case word for the value; absent for a switch. */
  readonly value?: string;
  /** The value may be left out. */
  readonly optional?: boolean;
  readonly choices: readonly string[];
  readonly repeatable: boolean;
  readonly does: string;
  readonly complete?: string;
  /** A machine's flag: parsed, but in no help and no completion. */
  readonly hidden?: boolean;
}

/** The node at exactly this path, aliases included; undefined where there is none. */
export const nodeAt = (manifest: Manifest, words: readonly string[]): ManifestNode | undefined => {
  let found: ManifestNode | undefined;
  for (const word of words) {
    found = childNamed(manifest, found?.path ?? [], word);
    if (!found) return undefined;
  }
  return found;
};

/** Nodes directly below a path. */
export const childrenOf = (manifest: Manifest, path: readonly string[]): readonly ManifestNode[] =>
  manifest.nodes.filter(
    (node) => node.path.length === path.length + 1 && path.every((word, index) => node.path[index] === word),
  );

/** The child with this name, or else this alias. */
export const childNamed = (manifest: Manifest, path: readonly string[], word: string): ManifestNode | undefined => {
  const children = childrenOf(manifest, path);
  return children.find((child) => child.path.at(-1) === word) ?? children.find((child) => child.aliases.includes(word));
};

/** Nodes anywhere below a path, the node itself included. */
export const under = (manifest: Manifest, path: readonly string[]): readonly ManifestNode[] =>
  manifest.nodes.filter((node) => path.every((word, index) => node.path[index] === word));

/** `ops logs table get`. */
export const spelled = (path: readonly string[]): string => ['ops', ...path].join(' ');
