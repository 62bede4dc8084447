/** Names of common table expressions that are visible at a place; they are compared without case. */
export interface Scope {
  has(name: string): boolean;
  with(name: string): Scope;
}

const scopeOf = (names: ReadonlySet<string>): Scope => ({
  has: (name) => names.has(name.toLowerCase()),
  with: (name) => scopeOf(new Set([...names, name.toLowerCase()])),
});

export const emptyScope: Scope = scopeOf(new Set());
