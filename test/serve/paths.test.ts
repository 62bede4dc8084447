import { describe, expect, test } from 'vitest';
import { OpsError } from '../../src/base/errors.js';
import { errorAnswer } from '../../src/serve/error-response.js';
import { type Owner, ownedPaths, ownerOf } from '../../src/serve/paths.js';

test.each<[string, Owner]>([
  ['/', 'probe'],
  ['/login', 'probe'],
  ['/graphql', 'sla'],
  ['/graphql/ws', 'sla'],
  ['/graphql/other', 'query'],
  ['/api/v1/operator/status', 'sla'],
  ['/api/v1/license/activate', 'sla'],
  ['/api/v1/license', 'restore'],
  ['/api/v1/tests/nightly', 'restore'],
  ['/api', 'probe'],
  ['/api/resources', 'probe'],
  ['/api/resources/7/history', 'probe'],
  ['/api/resourcesque', 'pods'],
  ['/api/outages', 'probe'],
  ['/api/pods/failed', 'pods'],
  ['/docs', 'pods'],
  ['/v3/api-docs', 'probe'],
  ['/v1/query', 'query'],
  ['/mcp', 'query'],
  ['/mcp/message', 'probe'],
  ['/health', 'shared'],
  ['/ops/v1/auth/login', 'shared'],
  ['/ops', 'query'],
  ['/nothing/here', 'query'],
])('%s belongs to %s', (path, owner) => {
  expect(ownerOf(path)).toBe(owner);
});

test('no path is claimed twice', () => {
  const claims = Object.values(ownedPaths).flat();
  expect(new Set(claims).size).toBe(claims.length);
});

describe('404 has the shape of its owner', () => {
  const error = new OpsError('not_found', 'there is no x', 'look at /', { reason: 'not_found' });
  const facts = { requestId: 'r', path: '/x', at: new Date('2026-03-01T12:00:00Z') };

  test.each<[Owner, unknown]>([
    ['query', { error: { code: 'not_found', message: 'there is no x', request_id: 'r' } }],
    [
      'shared',
      {
        error: {
          code: 'not_found',
          reason: 'not_found',
          message: 'there is no x',
          hint: 'look at /',
          request_id: 'r',
        },
      },
    ],
    ['restore', { error: 'there is no x' }],
    ['pods', { detail: 'there is no x' }],
    [
      'probe',
      {
        timestamp: '2026-03-01T12:00:00.000Z',
        status: 404,
        error: 'Not Found',
        message: 'there is no x',
        path: '/x',
      },
    ],
    ['sla', { success: false, error: { code: 'not_found', message: 'there is no x' } }],
  ])('%s', (owner, json) => {
    expect(errorAnswer(error, owner, facts)).toMatchObject({ status: 404, json });
  });

  test('and a bug tells nothing about itself', () => {
    const bug = new OpsError('internal', 'SELECT secret FROM vault failed');
    for (const owner of ['query', 'shared', 'restore', 'pods', 'probe', 'sla'] as const) {
      const answer = errorAnswer(bug, owner, facts);
      expect(answer.status).toBe(500);
      expect(JSON.stringify(answer)).not.toContain('secret');
    }
  });
});
