import type { OpsError } from '../base/errors.js';
import { methodNotAllowed, notFound } from './error-response.js';
import type { Route } from './route.js';

const matches = (pattern: string, path: string): boolean => {
  const wanted = pattern.split('/');
  const given = path.split('/');
  return (
    wanted.length === given.length &&
    wanted.every((part, index) => (part.startsWith('{') ? given[index] !== '' : part === given[index]))
  );
};

/** 405 with the methods that the path has, else 404. */
export const noSuchRoute = (routes: readonly Route[], method: string, path: string): OpsError => {
  const methods = routes.filter((route) => matches(route.path, path)).map((route) => route.method);
  if (methods.length === 0)
    return notFound(`there is no ${path}`, 'see what there is at / and /ops/v1/openapi/query.json');
  const allow = [...new Set([...methods, ...(methods.includes('GET') ? ['HEAD'] : [])])].sort().join(', ');
  return methodNotAllowed(`${path} does not answer ${method}`, `use ${allow}`, { allow });
};
