import { writeFileSync } from 'node:fs';
import { referencePages } from './reference.js';

// `npm run docs`: writes the pages that are made of the program itself. A test fails while they are stale.
for (const [path, text] of Object.entries(await referencePages())) writeFileSync(path, text);
