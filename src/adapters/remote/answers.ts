import type { z } from 'zod';
import { OpsError } from '../../base/errors.js';
import { errorOfAnswer, isWebPage } from '../../core/query/index.js';
import type { Http, HttpAnswer, HttpCall, WholeAnswer } from './http.js';
import { notAnOpsServer } from './network-fault.js';
import type { ServerUrl } from './server-url.js';

/** The text that an answer's error points into. */
export interface SentText {
  readonly text: string;
  /** What was cut off before it was sent. */
  readonly leading: string;
}

/** The statement as it is sent: servers trim it, and then count places from there. */
export const sentText = (sql: string): SentText => ({
  text: sql.trim(),
  leading: sql.slice(0, sql.length - sql.trimStart().length),
});

/** The error with its place in the text as the user wrote it. */
const placed = (error: OpsError, sent: SentText | undefined): OpsError => {
  if (!sent || !error.at) return error;
  const before = sent.leading.split(/\r\n|\n|\r/);
  const { line, column } = error.at;
  const { code, message, hint, reason, requestId, details } = error;
  return new OpsError(code, message, hint, {
    reason,
    requestId,
    details,
    at: {
      line: line + before.length - 1,
      column: line === 1 ? column + (before.at(-1) ?? '').length : column,
    },
    source: sent.leading + sent.text,
  });
};

const redirected = ({ shown }: ServerUrl, { status, headers }: Pick<WholeAnswer, 'status' | 'headers'>): OpsError =>
  new OpsError(
    'unavailable',
    `${shown} sends us elsewhere (status ${status}${headers['location'] === undefined ? '' : `, to ${headers['location']}`}): redirects are not followed`,
    'give the final address with --server or in the context',
  );

/** The error of an answer that is no success. */
const refusal = (
  url: ServerUrl,
  answer: WholeAnswer,
  { call, sent }: { call: HttpCall; sent: SentText | undefined },
) => {
  const { status } = answer;
  if (status < 400) return redirected(url, answer);
  // A page under a path of ours: some other server, or a wrong path.
  if (isWebPage(answer) && (status === 404 || status === 405))
    return notAnOpsServer(url, `a web page with status ${status}`);
  return placed(errorOfAnswer(answer, `${call.method} ${call.path.replace(/\?.*$/s, '')}`), sent);
};

const isSuccess = (status: number): boolean => status >= 200 && status < 300;

/** A success; every other answer is thrown as the error that it tells. */
export const succeeded = async (http: Http, call: HttpCall, sent?: SentText): Promise<WholeAnswer> => {
  const answer = await http.whole(call);
  if (isSuccess(answer.status)) return answer;
  throw refusal(http.url, answer, { call, sent });
};

const longestError = 1 << 20;

const beginning = async (answer: HttpAnswer): Promise<string> => {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of answer.body) {
    parts.push(part);
    bytes += part.length;
    if (bytes > longestError) break;
  }
  return Buffer.concat(parts).toString();
};

/** The same for an answer that is read bit by bit; it has to be of this media type. */
export const streamed = async (
  http: Http,
  call: HttpCall,
  { mediaType, sent }: { readonly mediaType: string; readonly sent: SentText },
): Promise<HttpAnswer> => {
  const answer = await http.stream(call);
  const { status, headers } = answer;
  if (!isSuccess(status)) {
    try {
      throw refusal(http.url, { status, headers, text: await beginning(answer) }, { call, sent });
    } finally {
      answer.destroy();
    }
  }
  const type = headers['content-type'] ?? '';
  if (type.toLowerCase().startsWith(mediaType)) return answer;
  answer.destroy();
  throw notAnOpsServer(
    http.url,
    `${call.method} ${call.path} gives ${type === '' ? 'something without a type' : type}`,
  );
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the schema refuses it, and says what was expected
  }
};

/** The body of a success by its schema. Throws `unavailable` where the server answers with something else. */
export const parsedAs = <Schema extends z.ZodType>(
  http: Http,
  answer: WholeAnswer,
  { schema, what }: { readonly schema: Schema; readonly what: string },
): z.infer<Schema> => {
  const parsed = schema.safeParse(jsonOf(answer.text));
  if (parsed.success) return parsed.data;
  if (isWebPage(answer)) throw notAnOpsServer(http.url, 'a web page');
  const [issue] = parsed.error.issues;
  const where = issue && issue.path.length > 0 ? ` (${issue.path.join('.')}: ${issue.message})` : '';
  throw new OpsError(
    'unavailable',
    `the server ${http.url.shown} answered with something else than ${what}${where}`,
    'check that the URL is that of an ops server, and that its version fits this one: `ops version`',
    { cause: parsed.error },
  );
};
