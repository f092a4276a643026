import type { PciFunction } from '../../main/machine/pci-function.ts';
import { deviceFactWords as words } from '../../main/words/device-facts.ts';
import { knownLine, factLine, said, type FactLine } from './fact-line.ts';

const onOff = (enabled: boolean): string => (enabled ? words.on : words.off);

/** What a function can do with translations of its own, and how it can be many. */
export const sharingLines = (fn: PciFunction): readonly FactLine[] => [
  ...factLine(words.ats, fn.ats, (ats) => (ats === null ? words.none : onOff(ats.enabled))),
  ...knownLine(words.pri, fn.pri, (pri) => (pri === null ? null : onOff(pri.enabled))),
  ...knownLine(words.pasid, fn.pasid, (pasid) =>
    pasid === null
      ? null
      : [pasid.width === null ? null : words.pasidBits(pasid.width), onOff(pasid.enabled)]
          .filter((part) => part !== null)
          .join(', '),
  ),
  ...factLine(words.sriov, fn.sriov, (sriov) =>
    sriov === null ? words.none : words.vfs(sriov.enabledVfs, sriov.totalVfs),
  ),
  ...(fn.physicalFunction === null ? [] : [said(words.virtualOf, fn.physicalFunction, true)]),
  ...knownLine(words.ari, fn.ari, (ari) => (ari === null ? null : words.yes)),
  ...knownLine(words.ariForwarding, fn.ariForwarding, (ari) => (ari?.capable === true ? onOff(ari.enabled) : null)),
];

/** What of it is there, in a line. */
export function sharingGist(fn: PciFunction): string {
  const parts = [
    fn.ats.known && fn.ats.value !== null ? `ATS ${onOff(fn.ats.value.enabled)}` : null,
    fn.pri.known && fn.pri.value !== null ? 'PRI' : null,
    fn.pasid.known && fn.pasid.value !== null ? 'PASID' : null,
    fn.sriov.known && fn.sriov.value !== null ? `SR-IOV ${fn.sriov.value.totalVfs}` : null,
  ].filter((part) => part !== null);
  if (parts.length > 0) return parts.join(', ');
  return fn.ats.known && fn.sriov.known ? words.nothingShared : '';
}

/** Messages by which it interrupts. */
export const interruptLines = (fn: PciFunction): readonly FactLine[] => [
  ...factLine(words.msix, fn.msix, (msix) => (msix === null ? words.none : words.vectors(msix.vectors, msix.enabled))),
  ...factLine(words.msi, fn.msi, (msi) =>
    msi === null
      ? words.none
      : `${words.vectors(msi.vectors, msi.enabled)}${msi.maskable ? `, ${words.maskable}` : ''}`,
  ),
];

/** `MSI-X, 8 vectors`: what it would use first. */
export function interruptGist(fn: PciFunction): string {
  const msix = fn.msix.known ? fn.msix.value : null;
  const msi = fn.msi.known ? fn.msi.value : null;
  if (msix !== null) return `${words.msix}, ${words.vectors(msix.vectors, msix.enabled)}`;
  if (msi !== null) return `${words.msi}, ${words.vectors(msi.vectors, msi.enabled)}`;
  return fn.msix.known && fn.msi.known ? words.onlyPins : '';
}
