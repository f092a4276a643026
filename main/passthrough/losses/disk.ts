import { valueOr } from '../../machine/fact.ts';
import type { Disk } from '../../machine/host-use.ts';
import { evidenceOf } from '../evidence.ts';
import type { Loss } from '../plan.ts';
import { loss, type Answer, type Crossed, type Question } from './crossed.ts';

/**
 * Without these the host does not start. `/efi` is where the Boot Loader Specification mounts the EFI system partition,
 * `/usr` holds the programs that start everything else (file-hierarchy(7)).
 */
const systemMounts = new Set(['/', '/usr', '/boot', '/boot/efi', '/boot/firmware', '/efi']);
const swap = '[SWAP]';

const systemSituation = {
  chosen: 'system-disk',
  'same-group': 'system-disk-in-group',
  'same-slot': 'system-disk-in-slot',
} as const;

/** Disks of every kind behind what crosses, also behind USB. What the host starts from is refused; no answer opens it. */
export function diskLosses({ machine, crossed }: Question): Answer {
  if (!machine.disks.known) {
    const concerned = crossed.some(({ role }) => role === 'storage' || role === 'usb');
    return { losses: [], unknowns: concerned ? [{ code: 'mounts', where: machine.disks.where }] : [] };
  }
  const disks = machine.disks.value;
  const plugs = valueOr(machine.usb, []);
  // ZFS, overlay and the like: something is mounted there, and which disk holds it is not told. A disk that looks unused
  // may then be the one that the host starts from, so the plan says it instead of staying silent.
  const homeless = machine.troubles.filter(({ code, where }) => code === 'mount-not-joined' && systemMounts.has(where));
  const storage = crossed.some(({ role }) => role === 'storage' || role === 'usb');
  const lossOf = (disk: Disk, of: Crossed): Loss => {
    const targetsOf = (mounts: Disk['mounts']): string[] => [...new Set(mounts.map(({ target }) => target))];
    const targets = targetsOf(disk.mounts);
    const system = targetsOf(disk.mounts.filter((mount) => systemMounts.has(mount.target) || mount.system === true));
    const plug = disk.usb === undefined ? null : (plugs.find(({ name }) => name === disk.usb)?.product ?? disk.usb);
    const values = {
      disk: disk.name,
      model: disk.model ?? disk.name,
      mounts: system.length > 0 ? system : targets,
      ...(plug === null ? {} : { plug }),
    };
    const proof = [
      evidenceOf('disk', machine.disks, disk.name),
      ...disk.mounts
        .slice(0, 8)
        .map(({ target, device }) => evidenceOf('mount', machine.disks, `${device} on ${target}`)),
    ];
    if (system.length > 0) {
      const situation =
        plug !== null && of.crossing.reason === 'chosen' ? 'system-disk-on-usb' : systemSituation[of.crossing.reason];
      return loss('disk', situation, 'refuse', disk.name, of, values, proof);
    }
    if (targets.some((target) => target !== swap)) return loss('disk', 'mounted', 'ask', disk.name, of, values, proof);
    if (targets.length > 0) return loss('disk', 'swap', 'ask', disk.name, of, values, proof);
    if (homeless.length > 0) {
      const mounts = homeless.map(({ where }) => where);
      return loss('disk', 'perhaps-mounted', 'tell', disk.name, of, { ...values, mounts }, proof);
    }
    return loss('disk', 'unmounted', 'tell', disk.name, of, values, proof);
  };
  return {
    losses: crossed.flatMap((of) =>
      disks.filter(({ behind }) => behind === of.fn.address).map((disk) => lossOf(disk, of)),
    ),
    unknowns: storage ? homeless.slice(0, 1).map(({ where }) => ({ code: 'mounts' as const, where })) : [],
  };
}
