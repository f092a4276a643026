import { describe, expect, test } from 'vitest';
import { readLibvirtDomain } from '../../../../main/machine/assignments/libvirt-domain.ts';
import { readProxmoxVm } from '../../../../main/machine/assignments/proxmox-vm.ts';
import { corpusFiles, corpusPresent } from '../../../hosts/corpus.ts';

const files = corpusFiles('configs');
const domains = files.filter(({ name, text }) => name.endsWith('.xml') && text.includes('<domain'));
const vms = files.filter(({ name }) => name.includes('qemu-server'));

const hex = (text: string | undefined, width: number): string =>
  parseInt((text ?? '0').replace(/^0x/, ''), 16)
    .toString(16)
    .padStart(width, '0');

/** A second reading: line by line, the first address behind each hostdev of PCI, up to its end. */
function naive(xml: string): string[] {
  const found: string[] = [];
  let inside = false;
  for (const line of xml.replace(/<!--[^]*?-->/g, '').split('\n')) {
    if (/<hostdev[^>]*type=.pci/.test(line)) inside = true;
    const address = /<address domain=.(0x\w+). bus=.(0x\w+). slot=.(0x\w+). function=.(0x\w+)./.exec(line);
    if (inside && address) {
      const [, domain, bus, slot, fn] = address;
      found.push(`${hex(domain, 4)}:${hex(bus, 2)}:${hex(slot, 2)}.${hex(fn, 1)}`);
      inside = false;
    }
    if (line.includes('</hostdev>')) inside = false;
  }
  return found;
}

describe.skipIf(!corpusPresent)('virtual machines of real hosts (corpus absent: skipped)', () => {
  test('there are dozens, and most of the libvirt ones give PCI devices', () => {
    expect(domains.length).toBeGreaterThan(20);
    expect(domains.filter(({ text }) => readLibvirtDomain(text).devices.length > 0).length).toBeGreaterThan(15);
    expect(vms.length).toBeGreaterThan(3);
  });

  test.each(domains)('$name: every device that a reading line by line finds', ({ text }) => {
    const { devices, name, hidesKvm } = readLibvirtDomain(text);
    expect(devices.map(({ address }) => address)).toEqual(naive(text));
    expect(name).toBe(/<name>(.*)<\/name>/.exec(text)?.[1]?.trim() ?? null);
    expect(hidesKvm !== null).toBe(/<hidden state=["']on/.test(text.replace(/<!--[^]*?-->/g, '')));
    for (const { line } of devices) expect(text.split('\n')[line - 1]).toContain('<hostdev');
  });

  test.each(vms)('$name: every hostpci line', ({ text }) => {
    const now = text.split(/^\[/m)[0] ?? '';
    const lines = [...now.matchAll(/^hostpci\d+:\s*(?:host=)?([0-9a-f:.;]+)/gm)].map((match) => match[1]);
    expect(readProxmoxVm(text).entries.map(({ hosts }) => hosts.replaceAll(' ', ';'))).toEqual(lines);
  });
});
