export { type ConfigFilesOptions, configFiles } from './files.js';
export { type LoadedSettings, loadSettings, type SettingsStart } from './load.js';
