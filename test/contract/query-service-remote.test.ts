import { setTimeout as delay } from 'node:timers/promises';
import { describe } from 'vitest';
import { openRemote } from '../../src/adapters/remote/index.js';
import { systemClock } from '../../src/base/clock.js';
import { allGrants, localPrincipal } from '../../src/core/shared/index.js';
import { openServer } from '../serve/open-server.js';
import { queryServiceContract } from './query-service.js';

describe('the query service of a server', () => {
  queryServiceContract(
    async () => {
      const open = await openServer();
      const identity = await open.ctx.identity();
      const { token } = await identity.createToken({ name: 'all', grants: allGrants }, { principal: localPrincipal });
      const stop = new AbortController();
      const remote = openRemote({
        server: open.url,
        credential: async () => token,
        clock: systemClock,
        wait: (ms, signal) => delay(ms, undefined, { signal, ref: false }).catch(() => undefined),
        signal: stop.signal,
        version: 'test',
        keepSession: async () => undefined,
      });
      return {
        service: remote.query,
        close: async () => {
          await remote.close();
          await open.close();
        },
      };
    },
    { answersAtOnce: true },
  );
});
