/**
 * The terms of the field that Slotwise uses, each said once in plain words; the sheet of keys shows them. In the order in
 * which somebody meets them.
 */
export const glossary = [
  {
    term: 'IOMMU',
    means:
      'The part of the chipset or processor that checks and translates every memory access of a device. Intel calls it VT-d, AMD calls it AMD-Vi.',
  },
  {
    term: 'IOMMU group',
    means:
      'The smallest set of devices that the hardware can keep apart from all others. It is given to a virtual machine whole or not at all.',
  },
  {
    term: 'Passthrough',
    means: 'Giving a device to a virtual machine, which then drives it itself. The host does without.',
  },
  {
    term: 'Function',
    means: 'One device as PCI sees it. A graphics card has two or more: the picture, its sound, sometimes USB.',
  },
  { term: 'Address', means: 'Where a function is: domain, bus, device and function, such as 0000:01:00.0.' },
  { term: 'Root port', means: 'Where a slot begins: the processor’s or chipset’s end of a PCI Express link.' },
  {
    term: 'ACS',
    means:
      'Access Control Services: switches in a port that send every request up to the IOMMU, so that neighbours cannot reach each other directly. SV, RR, CR and UF are the four that decide groups.',
  },
  { term: 'DMA', means: 'Direct memory access: a device reads and writes memory without the processor.' },
  {
    term: 'Interrupt remapping',
    means:
      'The IOMMU checks who sends an interrupt, and to whom. Without it a guest’s device could forge interrupts of the host.',
  },
  {
    term: 'DMAR and IVRS',
    means: 'The tables by which the firmware announces an IOMMU: DMAR for Intel, IVRS for AMD.',
  },
  {
    term: 'RMRR',
    means: 'Memory that the firmware keeps mapped for a device, such as a keyboard before the system starts.',
  },
  { term: 'VFIO', means: 'The part of Linux that hands devices to virtual machines. vfio-pci is its driver.' },
  {
    term: 'Function-level reset',
    means: 'A device forgets everything and starts anew, without its neighbours. Needed between two starts of a guest.',
  },
  {
    term: 'SR-IOV',
    means: 'A device that shows itself many times: virtual functions, each of which can be given alone.',
  },
  { term: 'IOTLB', means: 'The cache of the IOMMU: translations that it has looked up before.' },
  {
    term: 'Initramfs',
    means: 'The small system that starts before the disk is there. What has to hold a card early stands in it.',
  },
] as const satisfies readonly { readonly term: string; readonly means: string }[];
