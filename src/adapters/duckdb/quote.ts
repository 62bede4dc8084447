/** The name as a quoted identifier; any text is a name. */
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** The text as a string literal of SQL; any text is a value. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A list of string literals, in brackets. */
export const literals = (texts: readonly string[]): string => `[${texts.map(literal).join(', ')}]`;
