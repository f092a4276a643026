import { measured } from '../fact.ts';
import { numberOf, wordOf } from '../files/read.ts';
import type { HostTree } from '../host-tree.ts';
import type { PciFunction } from '../pci-function.ts';

/** `8.0 GT/s PCIe`, `2.5 GT/s PCIe`, `Unknown` (drivers/pci/pci-sysfs.c current_link_speed_show). */
function speedOf(tree: HostTree, path: string): number | null {
  const match = /^(\d{1,3}(?:\.\d)?) GT\/s/.exec(wordOf(tree, path) ?? '');
  return match ? Number(match[1]) : null;
}

/** 255 lanes say that the driver could not tell. */
function widthOf(tree: HostTree, path: string): number | null {
  const width = numberOf(tree, path);
  return width === null || width <= 0 || width > 32 ? null : width;
}

/** The link as sysfs shows it to everybody, where config space is closed to us. */
export function linkOf(tree: HostTree, folder: string, config: PciFunction['link']): PciFunction['link'] {
  if (config.known) return config;
  const told = {
    speed: speedOf(tree, `${folder}/current_link_speed`),
    width: widthOf(tree, `${folder}/current_link_width`),
    maxSpeed: speedOf(tree, `${folder}/max_link_speed`),
    maxWidth: widthOf(tree, `${folder}/max_link_width`),
  };
  return told.maxSpeed === null && told.maxWidth === null ? config : measured(told, `/${folder}/max_link_speed`);
}
