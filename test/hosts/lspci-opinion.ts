/** What `lspci -vvv` says of one function: a second opinion on our reading of config space. */
export interface LspciOpinion {
  express: string | null;
  flr: boolean | null;
  /** capability and control, `+` and `-` in register order */
  acs: string | null;
  ats: boolean | null;
  /** total and enabled virtual functions */
  vfs: string | null;
  msix: string | null;
  driver: string | null;
  /** offsets of all capabilities, ascending */
  capabilities: number[];
  secondary: number | null;
}

const portTypes: Readonly<Record<string, string>> = {
  Endpoint: 'endpoint',
  'Legacy Endpoint': 'legacy-endpoint',
  'Root Port': 'root-port',
  'Upstream Port': 'upstream-port',
  'Downstream Port': 'downstream-port',
  'PCI-Express to PCI/PCI-X Bridge': 'pcie-to-pci-bridge',
  'PCI/PCI-X to PCI-Express Bridge': 'pci-to-pcie-bridge',
  'Root Complex Integrated Endpoint': 'root-complex-endpoint',
  'Root Complex Event Collector': 'root-complex-event-collector',
};

const signs = (text: string): string => text.replace(/[^+-]/g, '');

/** Records by full address, read by plain patterns that share nothing with the product's own lspci reader. */
export function lspciSays(text: string): Map<string, LspciOpinion> {
  const opinions = new Map<string, LspciOpinion>();
  for (const record of text.split(/\n(?=[0-9a-f]{2}:|[0-9a-f]{4,}:[0-9a-f]{2}:)/)) {
    const address = /^((?:[0-9a-f]{4,}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]) /.exec(record)?.[1];
    if (address === undefined) continue;
    const type = /Express \(v\d+\) ([^(,\n]+?)(?: \(Slot[+-]\))?,/.exec(record)?.[1];
    const acs = /ACSCap:\s*(.+)\n\s*ACSCtl:\s*(.+)/.exec(record);
    const sriov = /Initial VFs: \d+, Total VFs: (\d+), Number of VFs: (\d+)/.exec(record);
    const msix = /MSI-X: Enable([+-]) Count=(\d+)/.exec(record);
    const flr = /FLReset([+-])/.exec(record)?.[1];
    opinions.set(/^[0-9a-f]{4,}:/.test(address) && address.split(':').length === 3 ? address : `0000:${address}`, {
      express: type === undefined ? null : (portTypes[type] ?? type),
      flr: type !== 'Endpoint' || flr === undefined ? null : flr === '+',
      acs: acs ? `${signs(acs[1] ?? '')} ${signs(acs[2] ?? '')}` : null,
      ats: /ATSCtl:\s*Enable([+-])/.exec(record) ? /ATSCtl:\s*Enable\+/.test(record) : null,
      vfs: sriov ? `${sriov[1]} ${/IOVCtl:\s*Enable\+/.test(record) ? sriov[2] : '0'}` : null,
      msix: msix ? `${msix[1] === '+'} ${msix[2]}` : null,
      driver: /Kernel driver in use: (\S+)/.exec(record)?.[1] ?? null,
      capabilities: Array.from(record.matchAll(/Capabilities: \[([0-9a-f]+)/g), (match) => parseInt(match[1] ?? '', 16)).sort(
        (a, b) => a - b,
      ),
      secondary: ((bus) => (bus === undefined ? null : parseInt(bus, 16)))(/secondary=([0-9a-f]{2})/.exec(record)?.[1]),
    });
  }
  return opinions;
}
