import type { Express, PortType } from '../pci-function.ts';

/** As pciutils ls-caps.c cap_express prints them. */
const portTypes: readonly (readonly [string, PortType])[] = [
  ['Endpoint', 'endpoint'],
  ['Legacy Endpoint', 'legacy-endpoint'],
  ['Root Port', 'root-port'],
  ['Upstream Port', 'upstream-port'],
  ['Downstream Port', 'downstream-port'],
  ['PCI-Express to PCI/PCI-X Bridge', 'pcie-to-pci-bridge'],
  ['PCI/PCI-X to PCI-Express Bridge', 'pci-to-pcie-bridge'],
  ['Root Complex Integrated Endpoint', 'root-complex-endpoint'],
  ['Root Complex Event Collector', 'root-complex-event-collector'],
];

/** Link speed in GT/s and width in lanes, as numbers or `unknown`; width 0 is a link that is down. */
const speedAndWidth = (key: string): RegExp =>
  new RegExp(`${key}: .{0,40}?Speed (?:([\\d.]{1,5})GT/s|unknown).{0,24}?Width x(\\d{1,2})`);
const linkCapabilities = speedAndWidth('LnkCap');
const linkStatus = speedAndWidth('LnkSta');

/** The text behind `Express`: `(v2) Root Port (Slot+), MSI 00 DevCap: …`; null for a type that lspci could not name. */
export function readExpress(text: string): Express | null {
  const kind = text.replace(/^Express (?:\(v\d{1,2}\) )?/, '');
  const portType = portTypes.find(([name]) => kind.startsWith(name))?.[1];
  if (portType === undefined) return null;
  const deviceCapabilities = between(text, 'DevCap: ', 'DevCtl: ');
  const reset = /\bFLReset([+-])/.exec(deviceCapabilities)?.[1];
  const most = linkCapabilities.exec(text);
  const now = linkStatus.exec(text);
  return {
    portType,
    slotImplemented: kind.includes('(Slot+)'),
    flr: reset === undefined ? null : reset === '+',
    link:
      most || now
        ? {
            speed: positive(now?.[1]),
            width: positive(now?.[2]),
            maxSpeed: positive(most?.[1]),
            maxWidth: positive(most?.[2]),
          }
        : null,
  };
}

function between(text: string, from: string, to: string): string {
  const start = text.indexOf(from);
  if (start < 0) return '';
  const end = text.indexOf(to, start);
  return text.slice(start, end < 0 ? text.length : end);
}

const positive = (text: string | undefined): number | null => (text === undefined ? null : Number(text) || null);
