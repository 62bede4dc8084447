/** One answered request. */
export interface AccessEntry {
  readonly at: Date;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly ms: number;
  readonly bytes: number;
  readonly address: string;
  readonly principal: string;
  readonly requestId: string;
  /** What went wrong, for the operator; never a secret. */
  readonly error?: string | undefined;
}

/** One line, without a line break of its own: what clients send is escaped. */
const plain = (text: string): string => JSON.stringify(text).slice(1, -1);

const textLine = (entry: AccessEntry): string => {
  const { at, method, path, status, ms, bytes, address, principal, requestId, error } = entry;
  const tail = error === undefined ? '' : ` ${JSON.stringify(error)}`;
  return `${at.toISOString()} ${address} ${plain(principal)} "${method} ${plain(path)}" ${status} ${bytes} ${ms.toFixed(1)}ms ${requestId}${tail}`;
};

const jsonLine = ({ at, requestId, ...rest }: AccessEntry): string =>
  JSON.stringify({
    time: at.toISOString(),
    level: rest.status >= 500 ? 'error' : 'info',
    msg: 'request',
    ...rest,
    ms: Math.round(rest.ms * 10) / 10,
    request_id: requestId,
  });

export const logLines = { text: textLine, json: jsonLine } satisfies Record<string, (entry: AccessEntry) => string>;
