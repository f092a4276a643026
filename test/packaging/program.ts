import { extractFile, listPackage } from '@electron/asar';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { checkout, electronPath, runAsDesktopUser } from '../stories/electron.ts';

/** The part of package.json that electron-builder reads, as far as the tests do. */
export interface PackageFile {
  readonly main: string;
  readonly version: string;
  readonly build: {
    readonly files: readonly unknown[];
    readonly directories: Readonly<Record<string, string>>;
    readonly electronFuses: Readonly<Record<string, boolean>>;
    readonly toolsets: { readonly appimage?: string };
  };
}

export const packageFile = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as PackageFile;

/** electron-builder's `runAsNode` is @electron/fuses' `RunAsNode`. */
export const fuseOf = (key: string): FuseV1Options | undefined => {
  const name = `${key.charAt(0).toUpperCase()}${key.slice(1)}`;
  return name in FuseV1Options ? FuseV1Options[name as keyof typeof FuseV1Options] : undefined;
};

export interface Packaged {
  /** what starts it: the program itself, or a script that runs it as the desktop's user */
  readonly executable: string;
  readonly binary: string;
  readonly resources: string;
  /** files that only this Electron needs, beside those that ship */
  readonly added: readonly string[];
}

/**
 * An Electron older than the one we ship for brings what it lacks as `newer.js` in its default app, which a packaged
 * program does not load. A small entry that requires both stands before ours; nothing else differs from what ships.
 */
function olderEntry(folder: string, electron: string): readonly string[] {
  const defaultApp = join(dirname(electron), 'resources/default_app.asar');
  if (!existsSync(defaultApp) || !listPackage(defaultApp, { isPack: false }).includes('/newer.js')) return [];
  mkdirSync(folder);
  writeFileSync(join(folder, 'newer.cjs'), extractFile(defaultApp, 'newer.js'));
  writeFileSync(join(folder, 'older.cjs'), `require('./newer.cjs');\nrequire('${packageFile.main}');\n`);
  return ['newer.cjs', 'older.cjs'];
}

let made: Promise<Packaged> | null = null;

/** Packs the built program with `electron-builder --dir`, once a worker, on the Electron that the desktop's stories run on. */
export const packaged = (): Promise<Packaged> => (made ??= pack());

async function pack(): Promise<Packaged> {
  const electron = electronPath() ?? '';
  const folder = mkdtempSync(join(tmpdir(), 'slotwise-packaged-'));
  process.once('exit', () => execFileSync('rm', ['-rf', folder]));
  const entry = join(folder, 'entry');
  const added = olderEntry(entry, electron);
  const wire = await getCurrentFuseWire(electron);
  const { build } = packageFile;
  const config = join(folder, 'electron-builder.json');
  writeFileSync(
    config,
    JSON.stringify({
      ...build,
      directories: { ...build.directories, output: join(folder, 'dist') },
      electronDist: dirname(electron),
      electronVersion: readFileSync(join(dirname(electron), 'version'), 'utf8')
        .trim()
        .replace(/^v/, ''),
      // @electron/fuses throws at a fuse that the binary does not have.
      electronFuses: Object.fromEntries(
        Object.entries(build.electronFuses).filter(([key]) => `${fuseOf(key) ?? ''}` in wire),
      ),
      ...(added.length === 0
        ? {}
        : { files: [...build.files, { from: entry, to: '.' }], extraMetadata: { main: 'older.cjs' } }),
    }),
  );
  execFileSync(join(checkout, 'node_modules/.bin/electron-builder'), ['--linux', 'dir', '--config', config], {
    cwd: checkout,
    stdio: 'pipe',
  });
  const unpacked = join(folder, 'dist/linux-unpacked');
  execFileSync('chmod', ['-R', 'a+rX', folder]);
  const binary = join(unpacked, 'slotwise');
  return { executable: runAsDesktopUser(folder, binary), binary, resources: join(unpacked, 'resources'), added };
}
