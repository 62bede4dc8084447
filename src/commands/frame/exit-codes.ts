/** What each exit code means, in the words of help and `ops help exit-codes`. */
export const exitMeanings: Readonly<Record<number, string>> = {
  0: 'done; also an empty list, and a check that holds',
  1: 'negative verdict: the command ran well and the answer is bad',
  2: 'the command line is wrong, or input or a confirmation is missing',
  3: 'not found',
  4: 'not signed in, or not allowed',
  5: 'conflict: exists already, already running, or the store is locked',
  6: 'server, cluster or store cannot be reached',
  7: 'a deadline passed',
  8: 'a limit or budget was exceeded',
  9: 'the data is invalid: SQL, input lines, a broken config file',
  10: 'not licensed',
  11: 'a batch was done in part; the results are on stdout',
  12: 'you answered no',
  70: 'a bug in ops; a report is under the state directory',
  130: 'interrupted by Ctrl-C',
  143: 'ended by SIGTERM',
};

/** The names of `error.code` behind an exit code; none for a verdict. */
export const exitNames: Readonly<Record<number, string>> = {
  2: 'usage',
  3: 'not_found',
  4: 'unauthenticated, forbidden',
  5: 'conflict',
  6: 'unavailable',
  7: 'timeout',
  8: 'limit_exceeded',
  9: 'invalid_data',
  10: 'not_licensed',
  11: 'partial_failure',
  12: 'declined',
  70: 'internal',
  130: 'interrupted',
  143: 'interrupted',
};
