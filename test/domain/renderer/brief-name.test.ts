import { expect, test } from 'vitest';
import { briefName } from '../../../main/words/brief-name.ts';
import { functionAt } from '../../hosts/built-machine.ts';

/** Names as the PCI ID list writes them, with what a card says. */
test.each([
  ['Cannon Lake PCH USB 3.1 xHCI Host Controller', 0x0c0330, 'USB 3.1'],
  ['Raptor Lake-S PCH Shared SRAM', 0x050000, 'Shared SRAM'],
  ['Raptor Lake High Definition Audio Controller', 0x040300, 'High Definition Audio'],
  ['Comet Lake PCH-LP cAVS', 0x040100, 'cAVS'],
  ['Ethernet Controller 10G X550T', 0x020000, '10G X550T'],
  ['AD102 [GeForce RTX 4090]', 0x030000, 'GeForce RTX 4090'],
  ['Xeon E7 v2/Xeon E5 v2/Core i7 DMI2', 0x060000, 'DMI2'],
])('%s is called %s', (device, classCode, brief) => {
  expect(briefName(functionAt('0000:00:14.0', { name: device, classCode }), false)).toBe(brief);
});
