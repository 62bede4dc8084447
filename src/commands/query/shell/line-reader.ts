import { createInterface, type Interface } from 'node:readline';
import type { Completion } from './complete.js';

/** What came from the keyboard. `interrupt`: Ctrl-C while nothing ran; `end`: Ctrl-D. */
export type Typed =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'interrupt'; readonly hadText: boolean }
  | { readonly kind: 'end' };

/** The keyboard as the shell sees it; tests hand in a script. */
export interface LineReader {
  /** The next line, which may have been pasted long ago. */
  next(prompt: string): Promise<Typed>;
  /** While `work` runs, Ctrl-C calls `interrupt` and nothing else. */
  during<T>(interrupt: () => void, work: () => Promise<T>): Promise<T>;
  /** Newest first; `change` replaces them. */
  history(): readonly string[];
  change(history: readonly string[]): void;
  /** Puts the terminal back; safe twice. */
  close(): void;
}

export interface TerminalKeyboard {
  readonly input: NodeJS.ReadStream;
  /** Where prompts and echo go: stderr, since stdout is data. */
  readonly output: NodeJS.WriteStream;
  /** Newest first. */
  readonly history: readonly string[];
  readonly historySize: number;
  complete(line: string, cursor: number): Promise<Completion>;
}

/** Takes the typed line off the screen, so that its prompt can be drawn again empty. */
const clearLine = (keyboard: Interface): void => {
  keyboard.write(null, { ctrl: true, name: 'e' });
  keyboard.write(null, { ctrl: true, name: 'u' });
  Reflect.set(keyboard, 'historyIndex', -1); // Else Up would go on from the entry that was dropped.
};

/** Node's readline over a terminal: editing, history, completion, paste of several lines. */
export const terminalLineReader = (terminal: TerminalKeyboard): LineReader => {
  // readline keeps this very array, and shows it at every change; that is the one way to touch its entries.
  let entries: string[] = [...terminal.history];
  const waiting: Typed[] = [];
  let wake: (() => void) | undefined;
  let interrupt: (() => void) | undefined;
  let ended = false;
  const keyboard = createInterface({
    input: terminal.input,
    output: terminal.output,
    terminal: true,
    history: entries,
    historySize: terminal.historySize,
    removeHistoryDuplicates: true,
    completer: (_before: string, done: (error: Error | null, result: [string[], string]) => void) => {
      terminal
        .complete(keyboard.line, keyboard.cursor)
        .then(({ word, candidates }) => done(null, [[...candidates], word]))
        .catch(() => done(null, [[], ''])); // Tab has nothing to say where the names cannot be read.
    },
  });
  const give = (typed: Typed): void => {
    waiting.push(typed);
    wake?.();
  };
  keyboard.on('history', (shown: string[]) => {
    entries = shown;
  });
  keyboard.on('line', (text) => give({ kind: 'line', text }));
  keyboard.on('close', () => {
    ended = true;
    wake?.();
  });
  keyboard.on('SIGINT', () => {
    if (interrupt) return interrupt();
    const hadText = keyboard.line !== '';
    clearLine(keyboard);
    give({ kind: 'interrupt', hadText });
  });
  return {
    next: async (prompt) => {
      keyboard.setPrompt(prompt);
      // `true`: what has been typed ahead keeps its cursor.
      if (waiting.length === 0 && !ended) keyboard.prompt(true);
      while (waiting.length === 0 && !ended)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      return waiting.shift() ?? { kind: 'end' };
    },
    during: async (stop, work) => {
      interrupt = stop;
      try {
        return await work();
      } finally {
        interrupt = undefined;
      }
    },
    history: () => entries,
    change: (history) => {
      entries.splice(0, entries.length, ...history);
    },
    close: () => keyboard.close(),
  };
};
