import { valueOr } from '../../machine/fact.ts';
import { evidence, evidenceOf } from '../evidence.ts';
import type { Loss } from '../plan.ts';
import { roleOf } from '../role.ts';
import { loss, type Answer, type Crossed, type Question } from './crossed.ts';

/**
 * One loss for each graphics function. The boot display asks, and so does the last one with a screen on it; the name is
 * that of its connector, or its address where connectors are not known. That a card is the only one is known from PCI
 * alone, but a server without a screen boots with such a card too: where the boot display is unknown it is only told.
 */
export function displayLosses({ machine, crossed, gone }: Question): Answer {
  const others = machine.functions.filter((fn) => roleOf(fn) === 'gpu' && !gone(fn.address)).length;
  const staying = valueOr(machine.displays, []).some(({ behind, connected }) => !gone(behind) && connected === true);

  const lossOf = (of: Crossed): Loss => {
    const { fn } = of;
    const connected = valueOr(machine.displays, []).filter(
      (port) => port.behind === fn.address && port.connected === true,
    );
    const connectors = connected.map(({ connector }) => connector);
    const name = connectors[0] ?? fn.address;
    const values = { connectors, others };
    const screens = connectors.map((connector) => evidenceOf('connector', machine.displays, connector));
    const noOther = others === 0 ? [evidence('no-other-display', 'PCI class 03h', null, 'derived')] : [];
    if (valueOr(fn.bootVga, false)) {
      const boot = evidenceOf('boot-vga', fn.bootVga, '1');
      const situation = others === 0 ? 'only-display' : 'firmware-display';
      return loss('boot-display', situation, 'ask', name, of, values, [boot, ...noOther, ...screens]);
    }
    if (connectors.length > 0 && !staying) return loss('display', 'last-screens', 'ask', name, of, values, screens);
    if (connectors.length > 0) return loss('display', 'screens', 'tell', name, of, values, screens);
    if (others === 0) return loss('display', 'only-graphics', 'tell', name, of, values, noOther);
    return loss('display', 'outputs', 'tell', name, of, values, [
      evidenceOf('class-code', fn.classCode, fn.names.class),
    ]);
  };

  const graphics = crossed.filter(({ role }) => role === 'gpu');
  return {
    losses: graphics.map(lossOf),
    unknowns: [
      ...graphics.flatMap(({ fn: { bootVga } }) =>
        bootVga.known ? [] : [{ code: 'boot-display' as const, where: bootVga.where }],
      ),
      ...(graphics.length > 0 && !machine.displays.known
        ? [{ code: 'screens' as const, where: machine.displays.where }]
        : []),
    ],
  };
}
