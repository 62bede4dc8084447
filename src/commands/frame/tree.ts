import type { Command } from 'commander';
import type { Context } from '../../context.js';
import type { CommandDoc } from '../define.js';
import type { Manifest } from './manifest.js';

/** What the commands about commands (`schema`, `plugin`) may know of the others. */
export interface Frame {
  readonly manifest: Manifest;
  /** Loads one command and returns its documentation; undefined for a path that is no command. */
  doc(path: readonly string[]): Promise<CommandDoc | undefined>;
}

/** Builds the commander command of one leaf; reads nothing from the context before its action runs. */
export type CommandFactory = (ctx: Context, frame: Frame) => Command;

/** Headings of `ops` alone, in this order. */
export const areas = ['Query', 'Data', 'Server', 'Settings', 'About ops'] as const;
export type Area = (typeof areas)[number];

export interface CommandEntry {
  readonly path: string;
  readonly area: Area;
  readonly load: () => Promise<CommandFactory>;
  /**
   * Answers from the manifest alone, before any context is opened: such a command works with a broken config.
   * Throws `usage` for wrong words.
   */
  readonly text?: () => Promise<
    (
      words: readonly string[],
      manifest: Manifest,
      env: Readonly<Record<string, string | undefined>>,
    ) => string | Promise<string>
  >;
}

export interface GroupEntry {
  readonly path: string;
  readonly area: Area;
  /** One sentence. */
  readonly does: string;
  /** Two command lines. */
  readonly examples: readonly (readonly [line: string, does: string])[];
}

export interface CommandTree {
  readonly groups: readonly GroupEntry[];
  readonly commands: readonly CommandEntry[];
}

/** Verbs are the same for every noun, and so are their short forms. */
export const verbAliases: Readonly<Record<string, string>> = { list: 'ls', get: 'show', create: 'add', delete: 'rm' };

export const words = (path: string): readonly string[] => path.split(' ');

export const entryAt = (tree: CommandTree, path: readonly string[]): CommandEntry | undefined =>
  tree.commands.find((entry) => entry.path === path.join(' '));

/** `ops logs table get`. */
export const spelledEntry = (entry: CommandEntry): string => `ops ${entry.path}`;
