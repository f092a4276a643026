import { defineConfig } from 'vitest/config';
import { resolve } from 'node:path';

export default defineConfig({
  root: resolve(import.meta.dirname, '..'),
  test: {
    // A busy machine starts a thread in more than the second that is waited without this.
    expect: { poll: { timeout: 20_000 } },
    include: ['test/**/*.test.ts'],
    environment: 'node',
    // An unmocked `import 'electron'` under plain Node starts a download; a path string keeps it quiet.
    env: { ELECTRON_OVERRIDE_DIST_PATH: '/nonexistent' },
    testTimeout: 30_000,
  },
});
