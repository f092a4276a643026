import { ESLint, type Linter } from 'eslint';
import ts from 'typescript-eslint';
import { describe, expect, test } from 'vitest';
import { root } from './source-files.ts';

// A ban needs no types; without the rules that do, no program is made of the whole house.
const eslint = new ESLint({ cwd: root, overrideConfig: ts.configs.disableTypeChecked as Linter.Config });

/** A line of code, the file it would stand in, and the words of the ban. */
const cases = [
  ['main/machine/fact.ts', "import 'node:fs';", 'assistant/needs.ts'],
  ['main/assistant/needs.ts', "import 'electron';", 'main/shells/desktop only'],
  ['main/linux/live.ts', "import 'node:child_process';", 'No program is started'],
  ['main/linux/live.ts', "import 'node:worker_threads';", 'The engine’s thread'],
  ['main/linux/live.ts', "import 'node:https';", 'The network is'],
  ['main/linux/live.ts', "import { parseArgs } from 'node:util';\nparseArgs();", 'Node 18.3'],
  ['main/shells/desktop/window.ts', "import { shell } from 'electron';\nshell.openExternal('x');", 'No link is opened'],
  ['main/shells/served/gate.ts', "import 'electron';", 'main/shells/desktop only'],
  ['main/assistant/needs.ts', 'export const a = structuredClone({});', 'Node 17'],
  ['main/assistant/needs.ts', 'export const a = AbortSignal.any([]);', 'Node 20.3'],
] as const;

describe('each ban bites', () => {
  test.each(cases)(
    'in %s: %s',
    async (filePath, code, words) => {
      const [result] = await eslint.lintText(`${code}\n`, { filePath });
      expect(result?.messages.map(({ message }) => message).join('\n')).toContain(words);
    },
    60_000,
  );
});

test('markup made of text is banned in the page', async () => {
  const [result] = await eslint.lintText('<script lang="ts">const a = "b";</script>{@html a}\n', {
    filePath: 'renderer/app/App.svelte',
  });
  expect(result?.messages.map(({ ruleId }) => ruleId)).toContain('svelte/no-at-html-tags');
}, 60_000);
