import type { PciFunction } from '../../main/machine/pci-function.ts';
import { acsBitsShown, type AcsBitShown, type AcsLook } from './acs-look.ts';

/** Bits of the ACS capability and control registers (PCI Express base specification, ACS Extended Capability; PCI_ACS_SV, RR, CR, UF in include/uapi/linux/pci_regs.h). */
const masks = { SV: 0x01, RR: 0x04, CR: 0x08, UF: 0x10 } as const satisfies Record<AcsBitShown, number>;

/** Ports without a say: an upstream port only passes on, and a conventional PCI bridge knows no ACS at all. */
function hasNoSay(fn: PciFunction): boolean {
  if (!fn.express.known) return false;
  const express = fn.express.value;
  if (express === null) return true;
  return express.portType === 'upstream-port' || express.portType.endsWith('-bridge');
}

/**
 * The four bits as they are drawn; null where nothing is drawn: no say, or not readable. A bit that the capability does
 * not offer counts as met (pci_acs_flags_enabled in drivers/pci/pci.c masks the question with the capability).
 */
export function acsLooks(fn: PciFunction): readonly AcsLook[] | null {
  return hasNoSay(fn) ? null : acsReading(fn);
}

/** The four bits as read, of any function; null where they cannot be read. */
export function acsReading(fn: PciFunction): readonly AcsLook[] | null {
  if (!fn.acs.known) return null;
  const acs = fn.acs.value;
  if (acs === null) return acsBitsShown.map(() => 'absent');
  const { capability, control } = acs;
  if (control === null) return null;
  return acsBitsShown.map((name) => {
    if ((capability & masks[name]) === 0) return 'wired';
    return (control & masks[name]) === 0 ? 'off' : 'on';
  });
}

/** `unheard`: upstream port of a single function, which the rule does not ask. */
export type AcsStanding = 'full' | 'none' | 'partial' | 'unknown' | 'unheard';

/**
 * What the port does for separation. The upstream port of a switch is asked only where it is one function of several:
 * then its neighbours could be reached inside the device (pci_acs_enabled in drivers/pci/pci.c).
 */
export function acsStanding(fn: PciFunction): AcsStanding {
  if (hasNoSay(fn) && fn.multifunction !== true) return 'unheard';
  const looks = acsReading(fn);
  if (looks === null) return 'unknown';
  if (looks.includes('absent')) return 'none';
  return looks.includes('off') ? 'partial' : 'full';
}

/** The bits that a port lacks or has switched off. */
export function missingBits(fn: PciFunction): readonly AcsBitShown[] {
  const looks = acsReading(fn) ?? [];
  return acsBitsShown.filter((_, at) => looks[at] === 'absent' || looks[at] === 'off');
}
