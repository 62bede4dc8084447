/** A function of ours; docs/query.md lists them from here. */
export interface FunctionMacro {
  readonly name: string;
  /** Overloads: `(parameters) AS expression`. Where it hides a function of the engine, all of its forms are here. */
  readonly sql: readonly string[];
  /** What it gives, for people. */
  readonly note: string;
}
