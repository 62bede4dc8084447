import { printed } from './program.js';

const newline = 10;
/** So much is gathered before a part of the output goes out. */
const partBytes = 131_072;
/** Before so much has come nothing goes out: a run that fails by then is printed up to the failing input only. */
const heldBytes = 1_048_576;

/** One value is made in one piece, here and by the reader: it has to have an end. */
export const lineBytes = 2 ** 27;

/** Lines of a run's output on their way out. */
export interface JqOutput {
  /** Takes bytes of jq; `false` once a single line is too long. */
  add(bytes: Uint8Array): boolean;
  /** Bytes that have gone out, strings not yet made raw. */
  readonly sent: number;
  /** What has not gone out, as it is printed. */
  rest(): string;
}

/** Gathers output and hands `send` whole lines, as they are printed. The first `skip` bytes have gone out before. */
export const jqOutput = (send: (text: string) => void, { skip = 0 }: { readonly skip?: number } = {}): JqOutput => {
  let pending: Uint8Array[] = [];
  let size = 0;
  let sent = skip;
  let toSkip = skip;
  const taken = (): string => {
    const all = Buffer.concat(pending, size);
    pending = [];
    size = 0;
    return all.toString('utf8');
  };
  return {
    add(bytes) {
      const fresh = bytes.subarray(Math.min(toSkip, bytes.length));
      toSkip -= bytes.length - fresh.length;
      pending.push(fresh);
      size += fresh.length;
      const enough = sent === 0 ? heldBytes : partBytes;
      if (size < enough) return true;
      const end = fresh.lastIndexOf(newline);
      if (end < 0) return size < lineBytes;
      const rest = fresh.subarray(end + 1);
      pending[pending.length - 1] = fresh.subarray(0, end + 1);
      size -= rest.length;
      sent += size;
      send(printed(taken()));
      pending.push(rest);
      size = rest.length;
      return true;
    },
    get sent() {
      return sent;
    },
    rest: () => printed(taken()),
  };
};
