#!/usr/bin/env node
import module from 'node:module';

// Each query that a server runs holds a thread of this pool; it must not take the last from files, DNS and passwords.
// The pool is made at its first use, which the import below is.
if (process.argv.includes('serve')) process.env.UV_THREADPOOL_SIZE ??= '24';
// Node 22.8 and later keep the compiled code between starts.
module.enableCompileCache?.();
const { start } = await import('../dist/main.js');
await start();
