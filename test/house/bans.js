// Raw effects and newer-than-Electron-22 API, banned where they do not belong; each message names the place that wraps
// the effect. Read by eslint.config.js; test/house/bans.test.ts proves that each ban bites.
export const bans = [];
