import { measured, unknown, type Fact } from '../fact.ts';
import { exists, wordOf } from '../files/read.ts';
import { realPath } from '../files/real-path.ts';
import type { HostTree } from '../host-tree.ts';
import type { FirmwareSetting } from '../machine.ts';

const home = 'sys/class/firmware-attributes';

/**
 * Names of settings that decide a passthrough, as Lenovo (think-lmi), Dell (dell-wmi-sysman) and HP (hp-bioscfg) call them:
 * `VTdFeature`, `VirtualizationTechnology`, `VtForDirectIo`, `Virtualization Technology for Directed I/O (VTd)`,
 * `AmdVt`, `SriovGlobalEnable`, `SecureBoot`. Everything else stays unread: asset tags and passwords are among it.
 */
export const decidingSettings =
  /vt-?d|vt-?x|vtfor|virtuali[sz]ation|iommu|svm|amd-?v|sr-?iov|dma.?(?:protect|remap)|above.?4g|mmio|resiz|rebar|secure.?boot|csm|legacy.?(?:boot|rom|option)|boot.?mode|primary.?(?:video|display)|video.?select|\bacs\b|thunderbolt.*(?:dma|security)|vmd|interrupt.?remap|x2apic|txt|trusted.?exec/i;

/** Whether a setting of that name is read at all. */
export const isDecidingSetting = (name: string): boolean => decidingSettings.test(name);

const attributesOf = (tree: HostTree, driver: string): string =>
  `${realPath(tree, `${home}/${driver}`) ?? `${home}/${driver}`}/attributes`;

/** Documentation/ABI/testing/sysfs-class-firmware-attributes: `;` stands between choices. */
export function readFirmwareSettings(tree: HostTree): Fact<FirmwareSetting[]> {
  const drivers = tree.list(home);
  const settings = drivers.flatMap((driver) => {
    const folder = attributesOf(tree, driver);
    return tree
      .list(folder)
      .filter(isDecidingSetting)
      .map((name): FirmwareSetting => {
        const at = `${folder}/${name}`;
        const choices = wordOf(tree, `${at}/possible_values`)?.split(/[;,]/) ?? [];
        return {
          driver,
          name,
          label: wordOf(tree, `${at}/display_name`),
          value: wordOf(tree, `${at}/current_value`),
          choices: choices.map((choice) => choice.trim()).filter((choice) => choice !== ''),
        };
      });
  });
  if (settings.length > 0 || drivers.length > 0) return measured(settings, `/${home}`);
  // The class is there only where a driver of one of the makers is loaded.
  return exists(tree, 'sys/class') && tree.list('sys/class').length > 0
    ? measured([], `/${home}`)
    : unknown('fuller-source', `/${home}`);
}

/** A change that was made from the system and waits for the next boot. */
export function readSettingsPending(tree: HostTree): Fact<boolean> {
  const marks = tree.list(home).map((driver) => wordOf(tree, `${attributesOf(tree, driver)}/pending_reboot`));
  const told = marks.filter((mark) => mark !== null);
  return told.length === 0
    ? unknown('fuller-source', `/${home}`)
    : measured(told.includes('1'), `/${home}/*/attributes/pending_reboot`);
}
