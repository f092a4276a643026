import { known, measured, unknown, type Fact } from '../fact.ts';
import { needOf, textOf } from '../files/read.ts';
import type { HostTree } from '../host-tree.ts';
import type { Machine } from '../machine.ts';

type Cpu = Machine['cpu'];

const path = 'proc/cpuinfo';

/** CPUID leaf 0 names (arch/x86/kernel/cpu/{intel,amd,hygon}.c); Hygon's are AMD designs with AMD-Vi and SVM. */
const vendors: Readonly<Record<string, 'intel' | 'amd'>> = {
  GenuineIntel: 'intel',
  AuthenticAMD: 'amd',
  HygonGenuine: 'amd',
};

export function readCpu(tree: HostTree): Cpu {
  const text = textOf(tree, path);
  if (text === null || text.trim() === '') return unknownCpu(unknown(needOf(tree, path), `/${path}`));
  const field = (key: string): string | null =>
    new RegExp(`^${key}[ \\t]*:[ \\t]*(.+)$`, 'm').exec(text)?.[1]?.trim() ?? null;
  const tell = <T>(value: T): Fact<T> => measured(value, `/${path}`);
  const missing = unknown('fuller-source', `/${path}`);
  const vendorId = field('vendor_id');
  const model = field('model name');
  const flags = field('flags')?.split(/\s+/) ?? null;
  const threads = text.match(/^processor[ \t]*:/gm)?.length ?? 0;
  const packages = new Set(Array.from(text.matchAll(/^physical id[ \t]*:[ \t]*(\d+)/gm), (match) => match[1]));
  return {
    // Other architectures show no vendor_id line, or another one.
    vendor: vendorId === null ? known('other', 'derived', `/${path}`) : tell(vendors[vendorId] ?? 'other'),
    model: model === null ? missing : tell(model),
    sockets: packages.size === 0 ? missing : tell(packages.size),
    threads: threads === 0 ? missing : tell(threads),
    virtualization:
      flags === null ? missing : tell(flags.includes('vmx') ? 'vmx' : flags.includes('svm') ? 'svm' : null),
    underHypervisor: flags === null ? missing : tell(flags.includes('hypervisor')),
  };
}

/** `MemTotal` of proc/meminfo, in KiB there: what the kernel manages, a little less than what is plugged in. */
export function readMemory(tree: HostTree): Machine['memoryBytes'] {
  const kib = /^MemTotal:\s+(\d{1,12}) kB$/m.exec(textOf(tree, 'proc/meminfo') ?? '')?.[1];
  return kib === undefined
    ? unknown(needOf(tree, 'proc/meminfo'), '/proc/meminfo')
    : measured(Number(kib) * 1024, '/proc/meminfo');
}

const unknownCpu = (nothing: Cpu['model'] & { known: false }): Cpu => ({
  vendor: nothing,
  model: nothing,
  sockets: nothing,
  threads: nothing,
  virtualization: nothing,
  underHypervisor: nothing,
});
