import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'electron-vite';
import { resolve } from 'node:path';
import type { Plugin } from 'vite';

const root = import.meta.dirname;

const desktop = resolve(root, 'main/shells/desktop/main.ts');
const fromDesktop = new Set<string>();

/** Notes the modules that the window's main process can reach, before chunks get their names. */
const noteWhatTheWindowReaches: Plugin = {
  name: 'note-what-the-window-reaches',
  renderStart() {
    fromDesktop.clear();
    const visit = (id: string): void => {
      if (fromDesktop.has(id)) return;
      fromDesktop.add(id);
      const found = this.getModuleInfo(id);
      for (const next of [...(found?.importedIds ?? []), ...(found?.dynamicallyImportedIds ?? [])]) visit(next);
    };
    visit(desktop);
  },
};

/** What only the command line loads lies apart, so that the packaged window can leave it out (package.json, `build`). */
const chunkName = ({ moduleIds }: { moduleIds: string[] }): string =>
  // What the bundler adds by itself (ids that begin with a zero) everybody needs.
  moduleIds.some((id) => fromDesktop.has(id) || id.startsWith('\0'))
    ? 'chunks/[name]-[hash].cjs'
    : 'chunks/terminal/[name]-[hash].cjs';

// The first words of `npm start` are a person's first: a build that went well says nothing. The XML library and its DOM are
// 1 MB, loaded when a domain is written; on which plugin a build spends its time is for who works on the build.
const quiet = { chunkSizeWarningLimit: 1200 } as const;
const checks = { pluginTimings: false } as const;

// CommonJS everywhere outside the renderer: the oldest runtime that runs the desktop shell (Electron 22) has no ES
// modules in main, sandboxed preloads never have them, and plain Node runs the same file. See docs/decisions/0002.
export default defineConfig({
  main: {
    plugins: [noteWhatTheWindowReaches],
    build: {
      ...quiet,
      outDir: resolve(root, 'out/main'),
      target: 'node16.17',
      sourcemap: true,
      rolldownOptions: {
        checks,
        input: {
          desktop,
          slotwise: resolve(root, 'main/shells/terminal/main.ts'),
        },
        // Constants of a module stay `const`: what may be assigned to is no constant to the compiler either, and the remapping
        // engine's hot path loses a quarter of its speed (docs/decisions/0301).
        output: { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: chunkName, topLevelVar: false },
      },
    },
  },
  preload: {
    build: {
      outDir: resolve(root, 'out/preload'),
      externalizeDeps: false,
      rolldownOptions: {
        checks,
        // Both are one file without imports: a sandboxed preload can load no other, and the engine's thread is started from
        // text (main/linux/engine-thread.ts), so that it works out of an asar archive too.
        input: {
          preload: resolve(root, 'main/shells/desktop/preload.ts'),
          engine: resolve(root, 'main/shells/engine/thread.ts'),
        },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: resolve(root, 'renderer'),
    plugins: [svelte({ configFile: false })],
    css: { transformer: 'lightningcss', lightningcss: { targets: { chrome: 108 << 16 } } },
    build: {
      ...quiet,
      outDir: resolve(root, 'out/renderer'),
      target: 'chrome108',
      cssMinify: 'lightningcss',
      // One sheet: lightningcss lowers light-dark() to variables that color-scheme sets in the same sheet, and a place whose
      // script arrives later is dressed already.
      cssCodeSplit: false,
      minify: true,
      // A place needs nothing that is not there already; links that tell the browser so would change the page meanwhile.
      modulePreload: {
        polyfill: false,
        resolveDependencies: (_, needed, { hostType }) => (hostType === 'html' ? needed : []),
      },
      rolldownOptions: {
        checks,
        input: { index: resolve(root, 'renderer/index.html') },
        // What two places share is one script with the frame, not fifteen small ones.
        output: { codeSplitting: { groups: [{ name: 'shared', minShareCount: 2 }] } },
      },
    },
  },
});
