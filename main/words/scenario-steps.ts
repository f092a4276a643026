import type { TraceStep } from '../remapping/trace.ts';

type Values = TraceStep['values'];
type Text = string | ((values: Values) => string);

/** How words are put together; remapping.ts hands its own in. */
interface Say<W> {
  readonly words: (plain: Text, term: Text) => W;
  readonly byteText: (count: number | undefined) => string;
  readonly groupHex: (value: string | undefined) => string;
}

/** Sentences of what happens outside the unit in a scenario: senders, ports, the kernel. */
export function scenarioSteps<W>({ words, byteText, groupHex }: Say<W>) {
  return {
    'device-claims-source': words(
      (v) => `It does so under the name of ${v.source ?? ''}`,
      (v) =>
        `The requester id in the packet is not that of ${v.expectedSource ?? 'the sender'}. Nothing in PCI Express signs it.`,
    ),
    'neighbour-sends-dma': words(
      (v) => `The neighbour ${v.port ?? ''} writes ${byteText(v.bytes)} at ${groupHex(v.address)}`,
      'Another device behind the same bridge, which nobody gave away.',
    ),
    'bridge-takes-place': words(
      (v) => `Bridge ${v.port ?? ''} sends it up in its own name, ${v.expectedSource ?? ''}`,
      'A PCIe-to-PCI bridge has no requester id to pass on: it takes the first function of its secondary bus.',
    ),
    'port-refuses-source': words(
      (v) => `Port ${v.port ?? ''} knows that no ${v.source ?? ''} is below it. The request ends here`,
      'ACS source validation (SV): the bus of the requester id is not one of this port’s. An ACS violation.',
    ),
    'port-refuses-translated': words(
      (v) => `Port ${v.port ?? ''} lets no address pass that claims to be translated. The request ends here`,
      'ACS translation blocking (TB): a request whose AT field is not 0 is an ACS violation.',
    ),
    'port-source-unread': words(
      (v) => `Port ${v.port ?? ''} sends it up. Whether it checks the sender could not be read; it is taken not to`,
      'The ACS control register of this port is not in the source: source validation (SV) may be on or off.',
    ),
    'port-translated-unread': words(
      (v) => `Port ${v.port ?? ''} sends it up. Whether it blocks such addresses could not be read; it is taken not to`,
      'The ACS control register of this port is not in the source: translation blocking (TB) may be on or off.',
    ),
    'port-redirect-unread': words(
      (v) =>
        `The address is the neighbour’s. Whether ${v.port ?? ''} sends that up to the unit could not be read; it is taken to send it straight there`,
      'The ACS control register is not in the source: request redirect (RR) may be on or off.',
    ),
    'port-redirects': words(
      (v) => `The address is the neighbour’s, and port ${v.port ?? ''} sends it up to the unit all the same`,
      'ACS request redirect (RR): peer-to-peer requests go to the root complex, where the unit sees them.',
    ),
    'port-turns-to-peer': words(
      (v) => `The address is the neighbour’s: ${v.port ?? ''} may send it straight there, past the unit`,
      'No ACS request redirect (RR) here. A switch then routes by address; whether a root complex does so between its ports, its maker alone knows.',
    ),
    'peer-written': words(
      (v) => `${v.port ?? ''} takes the ${byteText(v.bytes)} into its own memory, at ${groupHex(v.output)}`,
      'A memory write to the base address register (BAR) of another device: peer-to-peer.',
    ),
    'kernel-unmaps-page': words(
      (v) => `The kernel takes the page at ${groupHex(v.address)} out of the tables`,
      'The entry is 0 from now on. What the unit has cached of it is another matter.',
    ),
    'kernel-waits-to-flush': words(
      'It does not tell the unit yet: that is put off until several can be told at once',
      'Lazy mode (iommu.strict=0): the flush queue runs after 10 ms (IOVA_DEFAULT_FQ_TIMEOUT), or when 256 ranges wait.',
    ),
    'kernel-flushes': words(
      'The time is up: the kernel has the unit forget all pages of this domain',
      'fq_flush_timeout: one invalidation of the whole domain for everything that waited.',
    ),
    'kernel-has-flushed': words(
      'Nothing waits: the unit was told when the page was taken out',
      'Strict mode (iommu.strict=1) flushes with every unmap.',
    ),
    'kernel-detaches-device': words(
      'The guest is gone: the kernel takes the device out of its address space',
      'The device’s entry is cleared first, then what the unit has cached of it.',
    ),
    'kernel-returns-device': words(
      'The guest is gone: the device is the host’s again, which lets it use memory addresses as they are',
      'With iommu=pt the default domain is identity (IOMMU_DOMAIN_IDENTITY).',
    ),
    'kernel-gives-device': words(
      'The kernel moves the device into the guest’s address space',
      'The guest’s tables hold guest memory only. VFIO is refused where the firmware’s range must stay (IOMMU_RESV_DIRECT).',
    ),
  };
}
