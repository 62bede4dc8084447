export { accountTaken, noAccount, tokenNameTaken } from './faults.js';
export { rolesOf, rolesText } from './grants.js';
export type { Actor, IdentityService } from './identity-service.js';
export * from './model.js';
export * from './ports.js';
export { identityService } from './service.js';
