import { FuseV1Options } from '@electron/fuses';
import { expect, test } from 'vitest';
import { fuseOf, packageFile } from './program.ts';

/** Row 19 of the checklist: what the shipped binary can be talked into. */
const fuses = {
  [FuseV1Options.RunAsNode]: false,
  [FuseV1Options.EnableCookieEncryption]: true,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
  // As Electron ships it; electron-builder has no word for it.
  [FuseV1Options.WasmTrapHandlers]: 'default',
} as const satisfies Record<FuseV1Options, boolean | 'default'>;

test('19 Every fuse that Electron has is set as the checklist says', () => {
  const set = Object.entries(packageFile.build.electronFuses).map(([key, value]) => [fuseOf(key), value]);
  const wanted = Object.entries(fuses).filter(([, value]) => value !== 'default');
  expect(Object.fromEntries(set)).toEqual(Object.fromEntries(wanted));
});

test('N1 The package asks nobody for updates', () => {
  expect(packageFile.build).toMatchObject({ publish: null });
});

test('4 Nothing in the package starts the program without its sandbox', () => {
  expect(JSON.stringify(packageFile)).not.toContain('no-sandbox');
  // electron-builder's oldest set of AppImage tools writes that switch into the desktop file.
  expect(packageFile.build.toolsets.appimage).not.toBe('0.0.0');
});
