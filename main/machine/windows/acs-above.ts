import type { PciAddress } from '../address.ts';
import { known } from '../fact.ts';
import type { PciFunction } from '../pci-function.ts';
import type { Row } from './inventory.ts';
import { addressOf } from './location.ts';

/** SV, RR, CR and UF. */
const whatIsolates = 0x1d;

type Placed = Omit<PciFunction, 'through'>;

/**
 * Where Windows tells no register of a port and says of a function below it that ACS is there all the way up
 * (AcsCompatibleUpHierarchy of pciprop.h: 1 single function, 2 no peer-to-peer, 3 supported, 4 enhanced), the port is taken
 * to have the bits that isolate. 0 says that something on the way lacks it and not what, so that nothing follows.
 */
export function withAcsAbove<F extends Placed>(functions: readonly F[], devices: readonly Row<'devices'>[]): F[] {
  const parents = new Map(functions.map(({ address, parent }) => [address, parent]));
  const promised = new Set<PciAddress>();
  for (const device of devices) {
    if (device.acsUpHierarchy === null || device.acsUpHierarchy < 1) continue;
    const below = addressOf(device);
    let at = below === null ? null : (parents.get(below) ?? null);
    for (; at !== null && !promised.has(at); at = parents.get(at) ?? null) promised.add(at);
  }
  return functions.map((fn) =>
    fn.acs.known || !promised.has(fn.address)
      ? fn
      : {
          ...fn,
          acs: known(
            { capability: whatIsolates, control: null },
            'assumed',
            'DEVPKEY_PciDevice_AcsCompatibleUpHierarchy',
          ),
        },
  );
}
