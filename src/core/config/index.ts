export { type Candidate, type Origin, origins } from './candidates.js';
export { type Asked, type Consent, consentTo, declined, isConsent, type Question } from './confirm.js';
export {
  Check,
  configFinding,
  Diagnosis,
  dataDirectoryFinding,
  diagnosisOf,
  type Finding,
  fail,
  kubeFinding,
  nodeFinding,
  ok,
  orphanFinding,
  skip,
  storeFinding,
  terminalFinding,
  tokenFinding,
  warn,
} from './doctor.js';
export {
  contextNamed,
  contextsOf,
  createContext,
  deleteContext,
  type KeyPlace,
  keyPlace,
  knownKey,
  setKey,
  unsetKey,
  useCluster,
  useContext,
} from './edits.js';
export { type KeySpec, keyNamed, keyNames, keySpec } from './keys.js';
export { Config, ContextSpec, type KeyName, ProjectConfig } from './model.js';
export { type ConfigFault, type Parsed, parseConfig, parseProjectConfig, parseValue } from './parse-config.js';
export type {
  ConfigChange,
  ConfigEdit,
  ConfigFiles,
  Diagnostics,
  FolderFacts,
  KubeContexts,
  StoreState,
} from './ports.js';
export { masked, maskSecrets } from './secrets.js';
export {
  type ConfigFlags,
  type EffectiveSettings,
  type KeyOrigin,
  resolveSettings,
  type SettingsInput,
  unknownContext,
} from './settings.js';
