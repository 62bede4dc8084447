/** A file that gets its final name only when it is complete. */
export interface NewFile {
  write(bytes: Uint8Array): Promise<void>;
  /** Flushes and renames into place. */
  commit(): Promise<void>;
  /** Leaves nothing behind; safe after `commit` and twice. */
  discard(): Promise<void>;
}

/**
 * The user's own files: what a command reads and what it writes outside the data directory. Paths are relative to the
 * working directory. Reading: absent is `not_found`, no permission `forbidden`, a directory `usage`, all naming the path.
 */
export interface UserFiles {
  /**
   * Bytes in order, decompressed where the name ends in `.gz` or `.zst`; `-` is stdin, as it is. A part is valid only
   * until the next one is asked for: whoever keeps it copies it. A compressed file that
   * breaks off is `invalid_data`. Absence is reported before the first byte is asked for.
   */
  open(path: string): Promise<AsyncIterable<Uint8Array>>;
  /** Bytes on disk; undefined for stdin and for what has no size (a pipe). */
  size(path: string): Promise<number | undefined>;
  /** `refuse`: a file of this name is `conflict`, now and at `commit`. `replace`: the new one takes its place at once. */
  create(path: string, existing: 'refuse' | 'replace'): Promise<NewFile>;
  /** Adds text at the end of a file, which is made where absent. */
  append(path: string, text: string): Promise<void>;
  /** A small text of `ops` itself under the state directory; undefined where there is none or it cannot be read. */
  readState(name: string): Promise<string | undefined>;
  /** Mode 0600, atomic. False where the state directory cannot be written. */
  writeState(name: string, text: string): Promise<boolean>;
}
