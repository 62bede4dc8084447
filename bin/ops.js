#!/usr/bin/env node
import module from 'node:module';

// Node 22.8 and later keep the compiled code between starts.
module.enableCompileCache?.();
const { start } = await import('../dist/main.js');
await start();
