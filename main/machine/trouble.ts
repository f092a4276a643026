/** What could not be read or understood while a machine was put together; `where` beside it names the file. */
export const troubleCodes = [
  /** the file is there; reading it failed with an errno (`EIO`: the device does not answer) */
  'file-unreadable',
  /** the file is there and closed to ordinary users */
  'file-not-permitted',
  /** the file was read and makes no sense */
  'file-not-understood',
  /** the file is larger than anything of its kind, and was left out */
  'file-too-large',
  /** a mounted file system whose disk the source does not tell (ZFS, overlay, network) */
  'mount-not-joined',
] as const;
export type TroubleCode = (typeof troubleCodes)[number];

export interface Trouble {
  readonly where: string;
  readonly code: TroubleCode;
}

/** The code of an errno name as HostTree tells it. */
export const troubleOfErrno = (errno: string): TroubleCode =>
  errno === 'EACCES' || errno === 'EPERM'
    ? 'file-not-permitted'
    : errno === 'EFBIG'
      ? 'file-too-large'
      : 'file-unreadable';
