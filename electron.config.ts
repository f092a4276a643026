import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'electron-vite';
import { resolve } from 'node:path';

const root = import.meta.dirname;

/** What only the command line loads lies apart, so that the packaged window can leave it out (package.json, `build`). */
const chunkName = ({ moduleIds }: { moduleIds: string[] }): string =>
  moduleIds.some((id) => /[\\/]shells[\\/](?:terminal|served)[\\/]/.test(id))
    ? 'chunks/terminal/[name]-[hash].cjs'
    : 'chunks/[name]-[hash].cjs';

// CommonJS everywhere outside the renderer: the oldest runtime that runs the desktop shell (Electron 22) has no ES
// modules in main, sandboxed preloads never have them, and plain Node runs the same file. See docs/decisions/0002.
export default defineConfig({
  main: {
    build: {
      outDir: resolve(root, 'out/main'),
      target: 'node16.17',
      sourcemap: true,
      rolldownOptions: {
        input: {
          desktop: resolve(root, 'main/shells/desktop/main.ts'),
          slotwise: resolve(root, 'main/shells/terminal/main.ts'),
        },
        output: { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: chunkName },
      },
    },
  },
  preload: {
    build: {
      outDir: resolve(root, 'out/preload'),
      externalizeDeps: false,
      rolldownOptions: {
        input: { preload: resolve(root, 'main/shells/desktop/preload.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: resolve(root, 'renderer'),
    plugins: [svelte({ configFile: false })],
    css: { transformer: 'lightningcss', lightningcss: { targets: { chrome: 108 << 16 } } },
    build: {
      outDir: resolve(root, 'out/renderer'),
      target: 'chrome108',
      cssMinify: 'lightningcss',
      minify: true,
      rolldownOptions: { input: { index: resolve(root, 'renderer/index.html') } },
    },
  },
});
