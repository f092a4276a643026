import { measured, unknown } from '../fact.ts';
import { needOf, wordOf } from '../files/read.ts';
import type { HostTree } from '../host-tree.ts';
import { powerStates, type PciFunction } from '../pci-function.ts';

/** The state that the kernel believes a function is in (`power_state`, since 5.11), and whether it may cut its power. */
export function powerOf(
  tree: HostTree,
  folder: string,
  config: PciFunction['power'],
): Pick<PciFunction, 'power' | 'd3coldAllowed'> {
  const path = `${folder}/d3cold_allowed`;
  const allowed = wordOf(tree, path);
  const state = wordOf(tree, `${folder}/power_state`);
  // A function in D3cold does not answer, so that its own register never says so.
  const current = powerStates.find((each) => each === state);
  return {
    power:
      config.known && config.value && current !== undefined
        ? { ...config, value: { ...config.value, current } }
        : config,
    d3coldAllowed: allowed === null ? unknown(needOf(tree, path), `/${path}`) : measured(allowed === '1', `/${path}`),
  };
}
