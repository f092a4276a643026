import { valueOr } from '../../machine/fact.ts';
import type { Machine } from '../../machine/machine.ts';
import { commandLineWords } from '../command-line.ts';
import { evidence } from '../evidence.ts';
import type { Finding } from '../finding.ts';
import { finding, type Found, type situations } from '../situations.ts';

type Myth = keyof (typeof situations)['folklore'];
type Remedy = NonNullable<Found['remedies']>[number];

/** Something that was said somewhere: a word of the command line, or a line of a configuration file. */
interface Saying {
  readonly file: string;
  /** from 1; 0 for the command line */
  readonly line: number;
  readonly text: string;
}

/** Drivers of cards that other cards may need, too: blacklisting one takes it from all. */
const shared =
  'amdgpu|radeon|nouveau|nvidia|nvidiafb|nvidia_drm|nvidia-drm|i915|xe|snd_hda_intel|xhci_hcd|xhci_pci|nvme|ahci';

/** How each saying is recognised; `-` and `_` are one in module names (kernel/params.c, dash2underscore). */
const recognise: readonly (readonly [
  Exclude<Myth, 'ids-take-twins' | 'unsafe-interrupts-needed' | 'kvm-hidden'>,
  RegExp,
])[] = [
  ['amd-iommu-on', /^amd_iommu=(.*,)?on(,.*)?$/],
  ['iommu-pt', /^iommu=(.*,)?pt(,.*)?$/],
  ['unsafe-interrupts', /^vfio[-_]iommu[-_]type1\.allow[-_]unsafe[-_]interrupts(=[1yY]|$)/],
  ['unsafe-interrupts', /^\s*options\s+vfio[-_]iommu[-_]type1\s.*allow_unsafe_interrupts(=[1yY]|\s|$)/],
  ['acs-override', /^pcie_acs_override=/],
  ['framebuffer-off', /^video=(efifb|vesafb|simplefb)(:off|=off)/],
  ['global-blacklist', new RegExp(`^\\s*blacklist\\s+(${shared})\\s*$`)],
  ['global-blacklist', new RegExp(`^\\s*install\\s+(${shared})\\s+/(usr/)?bin/(false|true)\\s*$`)],
  [
    'global-blacklist',
    new RegExp(`^(modprobe\\.blacklist|module_blacklist|rd\\.driver\\.blacklist)=(.*,)?(${shared})(,|$)`),
  ],
  ['virqfd', /^\s*vfio[-_]virqfd\b/],
];

/** Files whose lines count: modprobe's, and lists of modules to load. */
const isList = (path: string): boolean =>
  /^\/?etc\/(modprobe\.d\/.*\.conf|modules|modules-load\.d\/.*\.conf|initramfs-tools\/modules)$/.test(path);

function sayings(machine: Machine): Saying[] {
  const { commandLine } = machine.kernel;
  const words = commandLineWords(valueOr(commandLine, '')).map((text) => ({ file: commandLine.where, line: 0, text }));
  const lines = machine.configFiles
    .filter(({ path }) => isList(path))
    .flatMap(({ path, content }) =>
      content.split('\n').map((text, index) => ({ file: path.replace(/^\/?/, '/'), line: index + 1, text })),
    )
    .filter(({ text }) => !/^\s*(#|$)/.test(text));
  return [...words, ...lines];
}

/** vfio_virqfd became part of vfio in 6.2 and is no module any more (drivers/vfio/Makefile). */
function virqfdIsGone(machine: Machine): boolean {
  const [major = 0, minor = 0] = valueOr(machine.kernel.release, '0.0').split('.').map(Number);
  return major > 6 || (major === 6 && minor >= 2);
}

/** What was written for want of something better goes last, when that is there. */
const remedyOf = (myth: Myth, text: string, file: string): Remedy => {
  if (myth === 'ids-take-twins') return { code: 'bind-by-address' };
  if (myth === 'unsafe-interrupts-needed') return { code: 'firmware-update' };
  return { code: 'remove-config-line', values: { text, file } };
};

const told = (myth: Myth, { file, line, text }: Saying, values: Finding['values'] = {}): Finding =>
  finding('folklore', myth, {
    subject: line === 0 ? file : `${file}:${line}`,
    values: { text: text.trim(), file, ...values },
    evidence: [
      evidence(line === 0 ? 'command-line' : 'config-line', line === 0 ? file : `${file}:${line}`, text.trim()),
    ],
    remedies: [remedyOf(myth, text.trim(), file)],
  });

/** `ids=` takes every card of a kind: which of the listed kinds has more than one here? */
function twins(machine: Machine, saying: Saying): Finding[] {
  const list = /^\s*(?:options\s+vfio[-_]pci\s+(?:.*\s)?|vfio[-_]pci\.)ids=(\S+)/.exec(saying.text)?.[1];
  if (list === undefined) return [];
  return list.split(',').flatMap((entry) => {
    const [vendor, device] = entry.split(':').map((part) => parseInt(part, 16));
    const takes = machine.functions.filter(
      ({ ids }) => ids.known && ids.value.vendor === vendor && ids.value.device === device,
    );
    if (takes.length < 2) return [];
    return told('ids-take-twins', saying, { ids: entry, addresses: takes.map(({ address }) => address) });
  });
}

/** Advice that peers repeat and that is wrong or beside the point, where this host follows it. */
export function folklore(machine: Machine): Finding[] {
  return sayings(machine).flatMap((saying) => {
    const found = recognise.find(([, pattern]) => pattern.test(saying.text))?.[0];
    if (found === undefined) return twins(machine, saying);
    if (found === 'virqfd' && !virqfdIsGone(machine)) return [];
    const needed = found === 'unsafe-interrupts' && !valueOr(machine.iommu.interruptRemapping, true);
    return [told(needed ? 'unsafe-interrupts-needed' : found, saying)];
  });
}
