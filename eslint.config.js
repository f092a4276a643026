import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import svelte from 'eslint-plugin-svelte';
import { defineConfig, globalIgnores } from 'eslint/config';
import globals from 'globals';
import ts from 'typescript-eslint';
import { bans } from './test/house/bans.js';

export default defineConfig(
  globalIgnores(['out/', 'dist/', 'coverage/', 'test/golden/', 'test/house/broken/']),
  js.configs.recommended,
  ts.configs.strictTypeChecked,
  svelte.configs.recommended,
  prettier,
  svelte.configs.prettier,
  {
    languageOptions: {
      parserOptions: {
        // One program over all folders: three of them (main, renderer, test) check main's types three times.
        project: './test/house/tsconfig.lint.json',
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreVoidOperator: true, ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      'svelte/no-at-html-tags': 'error',
    },
  },
  { files: ['main/**', 'test/**', '*.ts', '*.js'], languageOptions: { globals: globals.node } },
  { files: ['renderer/**'], languageOptions: { globals: globals.browser } },
  { files: ['**/*.svelte', '**/*.svelte.ts'], languageOptions: { parserOptions: { parser: ts.parser } } },
  ...bans,
  // A component is TypeScript only after its parser has rewritten it, so every component makes the whole program anew: two
  // thirds of the time of a lint. svelte-check holds components to their types; what they do lies in .svelte.ts files.
  { files: ['**/*.{js,mjs,svelte}'], extends: [ts.configs.disableTypeChecked] },
);
