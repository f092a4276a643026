import { describe, expect, test } from 'vitest';
import { hostFacts } from '../../../main/assistant/host-facts.ts';
import { pathOfDevice } from '../../../main/assistant/path-of-device.ts';
import { readMachine } from '../../../main/assistant/read-machine.ts';
import { parseAddress, type PciAddress } from '../../../main/machine/address.ts';
import { machineFromText } from '../../../main/machine/lspci/machine-from-text.ts';
import type { Machine } from '../../../main/machine/machine.ts';
import { isSourceProblem } from '../../../main/machine/source-problem.ts';
import { scenarioCodes } from '../../../main/remapping/scenario-shape.ts';
import { judge } from '../../../main/remapping/scenarios/judge.ts';
import { iommuVendor } from '../../../main/passthrough/iommu-state.ts';
import { captureNames } from '../../hosts/captures.ts';
import { corpusPresent, dumps, dumpText, shippedNames, textSource } from '../../hosts/corpus.ts';
import { machineOf } from '../../hosts/machine.ts';
import { memoryNeeds } from '../../hosts/memory-needs.ts';
import { captureTree } from '../../hosts/tree.ts';

const address = (text: string): PciAddress => {
  const parsed = parseAddress(text);
  if (parsed === null) throw new Error(text);
  return parsed;
};
async function sample(name: string): Promise<Machine> {
  const machine = await readMachine(`sample:${name}`, memoryNeeds());
  if (isSourceProblem(machine)) throw new Error(name);
  return machine;
}

test('on the AMD sample a card’s way parts from its neighbours’ at its own root port, whose bits are read', async () => {
  const machine = await sample('amd-workstation');
  const path = pathOfDevice(machine, address('0000:41:00.0'));
  expect(path.ports.map((port) => port.address)).toEqual(['0000:40:01.1']);
  const port = machine.functions.find((fn) => fn.address === '0000:40:01.1');
  const control = port?.acs.known === true ? (port.acs.value?.control ?? 0) : null;
  expect(path.ports[0]).toMatchObject({
    sourceValidation: control === null ? 'unknown' : control & 1 ? 'on' : 'off',
    translationBlocking: control === null ? 'unknown' : control & 2 ? 'on' : 'off',
    buses: { first: 0x41, last: 0x41 },
  });
  expect(path.peer?.fork).toBe('0000:40:01.1');
  const peer = machine.functions.find((fn) => fn.address === path.peer?.address);
  const bars = peer?.bars.known === true ? peer.bars.value : [];
  expect(bars.map((bar) => Number(bar.address))).toContain(path.peer?.memory);
  expect(path.bridge).toBeNull();
  expect(path.otherDevice?.slice(0, 7)).not.toBe('0000:41');
});

describe.skipIf(captureNames.length === 0)('captured machines', () => {
  test.each(captureNames)('%s: every endpoint has a path, and every scenario an answer', (name) => {
    const machine = machineOf(captureTree(name));
    const addresses = new Set(machine.functions.map((fn) => fn.address));
    const endpoints = machine.functions.filter((fn) => fn.header === 'endpoint');
    for (const fn of endpoints) {
      const path = pathOfDevice(machine, fn.address);
      for (const port of path.ports) expect(addresses).toContain(port.address);
      if (path.peer) expect([...path.ports.map((port) => port.address), fn.address]).toContain(path.peer.fork);
    }
    const [first] = endpoints;
    if (first === undefined) return;
    const path = pathOfDevice(machine, first.address);
    const facts = hostFacts(machine, path);
    for (const code of scenarioCodes) {
      const verdict = judge(code, path, 'vtd', facts);
      expect(verdict.answer === 'stops').toBe(verdict.answer !== 'not-here' && verdict.risk.length === 0);
    }
  });

  test('a device behind a PCIe-to-PCI bridge is heard under the first function of the bus below it', () => {
    const found = captureNames.flatMap((name) => {
      const machine = machineOf(captureTree(name));
      return machine.functions.flatMap((fn) => {
        const { bridge } = pathOfDevice(machine, fn.address);
        return bridge && fn.header === 'endpoint' ? [{ machine, bridge }] : [];
      });
    });
    expect(found.length).toBeGreaterThan(0);
    for (const { machine, bridge } of found) {
      const above = machine.functions.find((fn) => fn.address === bridge.address);
      const express = above?.express.known === true ? above.express.value?.portType : undefined;
      if (express !== 'pcie-to-pci-bridge') continue;
      const bus = (above?.bridge?.secondary ?? 0).toString(16).padStart(2, '0');
      expect(bridge.requester).toBe(`${bridge.address.slice(0, -8)}:${bus}:00.0`);
    }
  });
});

describe.skipIf(!corpusPresent)('other people’s machines', () => {
  test.each(dumps.map(({ name }, at) => [name, scenarioCodes[at % scenarioCodes.length] ?? 'first-story'] as const))(
    '%s: a path for every endpoint, and an answer about %s',
    (name, code) => {
      const machine = machineFromText(dumpText(name), shippedNames, textSource(name));
      if (isSourceProblem(machine)) throw new Error(name);
      const paths = machine.functions
        .filter((fn) => fn.header === 'endpoint')
        .map((fn) => pathOfDevice(machine, fn.address));
      for (const { device, ports, peer, bridge } of paths) {
        expect(new Set(ports.map((port) => port.address)).size).toBe(ports.length);
        if (peer) expect(peer.address.slice(0, -2)).not.toBe(device.slice(0, -2));
        if (bridge) expect(ports.map((port) => port.address)).toContain(bridge.address);
      }
      // The device with the longest way up has the most on it.
      const [longest] = [...paths].sort((one, other) => other.ports.length - one.ports.length);
      if (longest === undefined) return;
      const verdict = judge(code, longest, iommuVendor(machine) === 'amd' ? 'amd' : 'vtd', hostFacts(machine, longest));
      expect(verdict.risk.length === 0).toBe(verdict.answer === 'stops' || verdict.answer === 'not-here');
    },
  );
});

test.skipIf(!corpusPresent)('what a listing without its registers hides is not ruled out', () => {
  const machine = machineFromText(dumpText('asus-x570-matisse-linux-5.16'), shippedNames, textSource('x570'));
  if (isSourceProblem(machine)) throw new Error(machine.code);
  const path = pathOfDevice(machine, address('0000:0b:00.0'));
  expect(path.ports.map((port) => port.sourceValidation)).toEqual(['unknown', 'off', 'unknown']);
  const facts = hostFacts(machine, path);
  for (const code of ['wrong-requester', 'peer-memory', 'reserved-memory'] as const)
    expect([code, judge(code, path, 'amd', facts).answer]).toEqual([code, 'unknown']);
  // The card's capabilities are listed and ATS is not among them; where none are shown it may be.
  expect(judge('translated-request', path, 'amd', facts).answer).toBe('not-here');
  const hidden = { known: false, needs: 'root', where: 'config' } as const;
  const functions = machine.functions.map((fn) => (fn.address === path.device ? { ...fn, ats: hidden } : fn));
  const unseen = { ...machine, functions };
  const unseenPath = pathOfDevice(unseen, path.device);
  expect(judge('translated-request', unseenPath, 'amd', hostFacts(unseen, unseenPath)).answer).toBe('unknown');
});

test('the group’s type says whether the host’s own pages are forgotten at once', async () => {
  const machine = await sample('amd-workstation');
  const device = address('0000:41:00.0');
  const path = pathOfDevice(machine, device);
  const withType = (type: string | null): Machine => ({
    ...machine,
    groups: {
      known: true,
      provenance: 'measured',
      where: '/sys/kernel/iommu_groups',
      value: [{ id: 3, devices: [device], type, reserved: [] }],
    },
  });
  expect(hostFacts(withType('DMA'), path).invalidation).toMatchObject({ state: 'on' });
  expect(hostFacts(withType('DMA-FQ'), path).invalidation).toMatchObject({
    state: 'off',
    where: '/sys/kernel/iommu_groups/3/type',
  });
  const line = { known: true, provenance: 'measured', where: '/proc/cmdline', value: 'quiet iommu.strict=1' } as const;
  const told = { ...withType(null), kernel: { ...machine.kernel, commandLine: line } };
  expect(hostFacts(told, path).invalidation).toMatchObject({
    state: 'on',
    provenance: 'derived',
    where: '/proc/cmdline',
  });
});

describe.skipIf(!captureNames.includes('vtd-desktop-rmrr-k61'))('a device that its firmware holds', () => {
  test('stops the firmware’s transfer into a guest: the kernel does not give it away', () => {
    const machine = machineOf(captureTree('vtd-desktop-rmrr-k61'));
    const path = pathOfDevice(machine, address('0000:00:19.0'));
    const verdict = judge('reserved-memory', path, 'vtd', hostFacts(machine, path));
    expect(verdict).toMatchObject({ answer: 'stops', risk: [] });
    expect(verdict.facts[0]).toMatchObject({ fact: 'reserved-range', state: 'on' });
  });
});
