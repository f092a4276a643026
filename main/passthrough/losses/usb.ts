import { evidenceOf } from '../evidence.ts';
import type { Loss } from '../plan.ts';
import { loss, type Answer, type Crossed, type Question } from './crossed.ts';

/**
 * USB controllers, by what is plugged in. The last keyboard asks, by the controller's address: a keyboard has no name
 * that a person could be expected to type. Keyboards on the PS/2 port are not counted: a PC without one has the port too.
 */
export function usbLosses({ machine, crossed, gone }: Question): Answer {
  const controllers = crossed.filter(({ role }) => role === 'usb');
  if (!machine.usb.known) {
    return {
      losses: controllers.map((of) => loss('usb', 'ports', 'tell', of.fn.address, of, { devices: [] }, [])),
      unknowns: controllers.length > 0 ? [{ code: 'input', where: machine.usb.where }] : [],
    };
  }
  const { usb } = machine;
  const all = machine.usb.value;
  const keyboardStays = all.some(({ kind, behind }) => kind === 'keyboard' && !gone(behind));

  const lossOf = (of: Crossed): Loss => {
    const plugged = all.filter(({ behind, kind }) => behind === of.fn.address && kind !== 'hub');
    const devices = plugged.map(({ product, name }) => product ?? name);
    const proof = plugged.slice(0, 8).map(({ name, product }) => evidenceOf('usb-device', usb, product ?? name));
    const name = of.fn.address;
    if (plugged.some(({ kind }) => kind === 'keyboard')) {
      return keyboardStays
        ? loss('input', 'keyboard-elsewhere', 'tell', name, of, { devices }, proof)
        : loss('input', 'last-keyboard', 'ask', name, of, { devices }, proof);
    }
    return loss('usb', devices.length > 0 ? 'devices' : 'ports', 'tell', name, of, { devices }, proof);
  };
  return { losses: controllers.map(lossOf), unknowns: [] };
}
