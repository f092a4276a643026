import type { Artefact, Recipe } from './artefact.ts';

/** A row of manifest.json; CLI.md promises the first seven keys. */
export type ManifestRow = Pick<Artefact, 'target' | 'file' | 'path' | 'mode' | 'apply' | 'verify' | 'undo' | 'remarks'>;

/** The artefacts without their text, in the order of work. Commands are run in the folder that holds the manifest. */
export const manifestOf = ({ artefacts }: Recipe): ManifestRow[] =>
  artefacts.map(({ target, file, path, mode, apply, verify, undo, remarks }) => ({
    target,
    file,
    path,
    mode,
    apply,
    verify,
    undo,
    remarks,
  }));
