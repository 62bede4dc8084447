import { OpsError } from '../../base/errors.js';
import type { ServerUrl } from './server-url.js';

/** Why no answer came. */
export interface NetworkFault {
  readonly error: OpsError;
  /** The server may be there at the next try. */
  readonly passing: boolean;
}

const codeOf = (error: unknown): string => {
  if (typeof error !== 'object' || error === null) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  if (error instanceof Error && error.name === 'HTTPParserError') return 'HPE_'; // some of them have no code
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return 'cause' in error ? codeOf(error.cause) : '';
};

type Sentence = readonly [code: 'unavailable' | 'timeout' | 'usage', what: string, hint: string, passing?: 'passing'];

const checkServer = 'check the URL of --server or of the context, and that `ops serve` runs there';
const checkName = 'check the URL of --server or of the context; `ops context list` shows it';
const checkNetwork = 'check the network between here and there, then try again';
const checkCertificate =
  "have the server send a certificate for this name, or name its authority's file in NODE_EXTRA_CA_CERTS";

const noTls: Sentence = [
  'unavailable',
  'what listens there does not speak TLS',
  'check whether the URL has to begin with http://',
];

/** By the error's code: what is told, and whether it may be tried again. */
const sentences: Readonly<Record<string, Sentence>> = {
  ECONNREFUSED: ['unavailable', 'nothing listens there (connection refused)', checkServer, 'passing'],
  ENOTFOUND: ['unavailable', 'no host has this name', checkName],
  EAI_AGAIN: ['unavailable', 'the name cannot be looked up at the moment', checkNetwork, 'passing'],
  EHOSTUNREACH: ['unavailable', 'the host cannot be reached', checkNetwork],
  ENETUNREACH: ['unavailable', 'the network cannot be reached', checkNetwork],
  ECONNRESET: ['unavailable', 'the connection was closed before an answer came', 'try again', 'passing'],
  EPIPE: ['unavailable', 'the connection was closed before an answer came', 'try again', 'passing'],
  UND_ERR_SOCKET: ['unavailable', 'the connection was closed before an answer came', 'try again', 'passing'],
  ETIMEDOUT: ['unavailable', 'the connection was not made in time', checkNetwork, 'passing'],
  UND_ERR_CONNECT_TIMEOUT: ['unavailable', 'the connection was not made within 10 s', checkNetwork, 'passing'],
  UND_ERR_HEADERS_TIMEOUT: ['timeout', 'no answer came in time', 'try again, or look into the log of the server'],
  UND_ERR_BODY_TIMEOUT: ['timeout', 'the server fell silent in the middle of its answer', 'try again'],
  UND_ERR_HEADERS_OVERFLOW: ['unavailable', 'the head of the answer is longer than 32 KiB', checkServer],
  UND_ERR_INVALID_ARG: ['usage', 'the request cannot be sent', 'correct the path or the header, and try again'],
  UND_ERR_ABORTED: ['unavailable', 'the proxy refused the connection', 'check HTTPS_PROXY and NO_PROXY'],
  UND_ERR_PRX_TLS: ['unavailable', 'the proxy cannot be reached over TLS', 'check HTTPS_PROXY'],
  EPROTO: noTls,
  ERR_SSL_WRONG_VERSION_NUMBER: noTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: noTls,
  CERT_HAS_EXPIRED: ['unavailable', 'its certificate has expired', 'renew the certificate of the server'],
  CERT_NOT_YET_VALID: ['unavailable', 'its certificate is not valid yet', 'check the clocks of both machines'],
  ERR_TLS_CERT_ALTNAME_INVALID: ['unavailable', 'its certificate is for another name', checkCertificate],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['unavailable', 'its certificate is self-signed', checkCertificate],
  SELF_SIGNED_CERT_IN_CHAIN: ['unavailable', 'its certificate comes from an unknown authority', checkCertificate],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['unavailable', 'its certificate comes from an unknown authority', checkCertificate],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: [
    'unavailable',
    'its certificate comes from an unknown authority',
    checkCertificate,
  ],
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const sentenceOf = (code: string, error: unknown): Sentence => {
  const known = sentences[code];
  if (code === 'UND_ERR_INVALID_ARG' && known) return [known[0], `${known[1]} (${messageOf(error)})`, known[2]];
  if (known) return known;
  if (code.startsWith('HPE_')) return ['unavailable', 'what listens there does not speak HTTP', checkServer];
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_'))
    return ['unavailable', `TLS failed (${messageOf(error)})`, checkCertificate];
  return ['unavailable', messageOf(error) || 'no answer came', checkServer];
};

/** A failure below HTTP in words for people, naming the server. */
export const networkFault = (error: unknown, { shown }: ServerUrl): NetworkFault => {
  const [code, what, hint, passing] = sentenceOf(codeOf(error), error);
  return {
    error: new OpsError(code, `cannot ask the server ${shown}: ${what}`, hint, { cause: error }),
    passing: passing !== undefined,
  };
};

/** The call took longer than it may. */
export const tooLate = ({ shown }: ServerUrl, deadlineMs: number): OpsError =>
  new OpsError(
    'timeout',
    `the server ${shown} did not answer within ${Math.round(deadlineMs / 1_000)} s`,
    'try again; for a query allow more time with --max-time',
  );

/** An answer that is none of an ops server. */
export const notAnOpsServer = ({ shown }: ServerUrl, what: string): OpsError =>
  new OpsError(
    'unavailable',
    `${shown} does not answer like an ops server: ${what}`,
    'check the URL of --server or of the context, its path included',
  );
