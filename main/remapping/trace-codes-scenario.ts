import type { Citation, DecisionRow } from './trace-codes.ts';

/** As in trace-codes.ts, for what happens outside the unit: senders, ports, the kernel. */
const cited = {
  requester: {
    text: 'VT-d 3.4.1',
    basis: 'Intel’s VT-d specification, revision 5.10: Source Identifier',
  },
  acs: { text: 'PCIe 6.12.1.1', basis: 'Linux drivers/pci/pci.c, pci_acs_enabled' },
  alias: { text: 'Linux drivers/pci/search.c', basis: 'Linux drivers/pci/search.c, pci_for_each_dma_alias' },
  kernelUnmap: { text: 'Linux drivers/iommu/iommu.c', basis: 'Linux drivers/iommu/iommu.c, __iommu_unmap' },
  kernelFlush: { text: 'Linux drivers/iommu/dma-iommu.c', basis: 'Linux drivers/iommu/dma-iommu.c, queue_iova' },
  kernelDomains: {
    text: 'Linux drivers/iommu/iommu.c',
    basis: 'Linux drivers/iommu/iommu.c, __iommu_group_set_domain_internal',
  },
} as const satisfies Record<string, Citation>;

const row = (
  kind: DecisionRow['kind'],
  structure: DecisionRow['structure'],
  flow: DecisionRow['flow'],
  cite: Citation,
  ...counts: NonNullable<DecisionRow['counts']>[number][]
): DecisionRow => ({ kind, structure, flow, cite, counts });

/** What a step of a scenario may say before and between the requests that a unit sees. */
export const scenarioDecisions = {
  'device-claims-source': row('request', 'device', 'goes-on', cited.requester),
  'neighbour-sends-dma': row('request', 'device', 'goes-on', cited.requester),
  'bridge-takes-place': row('forward', 'port', 'goes-on', cited.alias),
  'port-refuses-source': row('forward', 'port', 'stops', cited.acs, 'faults'),
  'port-refuses-translated': row('forward', 'port', 'stops', cited.acs, 'faults'),
  'port-source-unread': row('forward', 'port', 'goes-on', cited.acs),
  'port-translated-unread': row('forward', 'port', 'goes-on', cited.acs),
  'port-redirect-unread': row('forward', 'port', 'goes-on', cited.acs),
  'port-redirects': row('forward', 'port', 'goes-on', cited.acs),
  'port-turns-to-peer': row('forward', 'port', 'goes-on', cited.acs),
  'peer-written': row('memory-access', 'device', 'arrives', cited.acs),
  'kernel-unmaps-page': row('request', 'kernel', 'goes-on', cited.kernelUnmap),
  'kernel-waits-to-flush': row('request', 'kernel', 'goes-on', cited.kernelFlush),
  'kernel-flushes': row('request', 'kernel', 'goes-on', cited.kernelFlush),
  'kernel-has-flushed': row('request', 'kernel', 'goes-on', cited.kernelFlush),
  'kernel-detaches-device': row('request', 'kernel', 'goes-on', cited.kernelDomains),
  'kernel-returns-device': row('request', 'kernel', 'goes-on', cited.kernelDomains),
  'kernel-gives-device': row('request', 'kernel', 'goes-on', cited.kernelDomains),
} as const satisfies Record<string, DecisionRow>;
