export {
  checkExposure,
  isLocalAddress,
  type ListenAddress,
  listenAddresses,
  parseBasePath,
  parseCacheTtl,
  parseOrigins,
  parseTrustProxy,
  urlOf,
} from './listen.js';
export { createServer, inProcess, type OpsServer, type ServerOptions } from './server.js';
