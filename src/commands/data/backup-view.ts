import { formatByteSize } from '../../base/byte-size.js';
import type { BackupResult } from '../../core/shared/index.js';
import type { ThingView } from '../../render/index.js';

/** An archive that was written or put back. */
export const backupView: ThingView<BackupResult> = {
  name: ({ file }) => file,
  lines: ({ file, files, bytes }) => [
    ['Archive', file],
    ['Files', files.toLocaleString('en')],
    ['Size', formatByteSize(bytes)],
  ],
};
