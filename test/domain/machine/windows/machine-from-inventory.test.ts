import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { predictGroups } from '../../../../main/machine/grouping/predict-groups.ts';
import { machineShape, type Machine, type MachineSource } from '../../../../main/machine/machine.ts';
import { redact } from '../../../../main/machine/redaction/redact.ts';
import { parseReport } from '../../../../main/machine/report/parse-report.ts';
import { reportOf } from '../../../../main/machine/report/parse-report.ts';
import { isSourceProblem } from '../../../../main/machine/source-problem.ts';
import { sectionNames, sections } from '../../../../main/machine/windows/fields.ts';
import { isInventory } from '../../../../main/machine/windows/inventory.ts';
import { machineFromInventory } from '../../../../main/machine/windows/machine-from-inventory.ts';
import { firmwareGuideFor } from '../../../../main/journey/firmware-steps.ts';
import { firmwareStage } from '../../../../main/journey/host-stages.ts';
import { answer } from '../../../../main/passthrough/answer.ts';
import { isPlanProblem, makePlan } from '../../../../main/passthrough/make-plan.ts';
import { findings } from '../../../../main/passthrough/findings.ts';
import { answerWords } from '../../../../main/words/findings.ts';
import { at } from '../../../hosts/built-machine.ts';
import { shippedNames } from '../../../hosts/corpus.ts';
import { dmar, drhd, rmrr, scope } from '../../../hosts/firmware-table.ts';
import { card, device, inventory, rootPort, secrets } from '../../../hosts/windows-inventory.ts';

const from: MachineSource = {
  kind: 'report',
  name: 'machine.json',
  readAt: null,
  collectedAt: null,
  origin: null,
  partlyStaged: false,
};

const read = (value: unknown) => machineFromInventory(JSON.parse(JSON.stringify(value)), shippedNames, from);
function machineOf(value: unknown): Machine {
  const machine = read(value);
  if (isSourceProblem(machine)) throw new Error(`${machine.where}: ${machine.detail}`);
  expect(v.is(machineShape, machine)).toBe(true);
  return machine;
}
const functionOf = (machine: Machine, address: string) => machine.functions.find((fn) => fn.address === address);
const planOf = (machine: Machine, give: string, lose: readonly string[] = []) => {
  const made = makePlan(machine, { give: [at(give)], keep: [], lose, vmName: 'vm', profile: 'gaming' });
  if (isPlanProblem(made)) throw new Error(made.code);
  return made;
};
const verdicts = (machine: Machine) =>
  Object.fromEntries(findings(machine).map(({ code, situation }) => [code, situation]));

describe('the tree', () => {
  const machine = machineOf(inventory());

  test('functions sit where Linux shows them, below the bridge that Windows names', () => {
    expect(machine.functions.map(({ address, path }) => `${address} ${path}`)).toEqual([
      '0000:00:00.0 0000:00/00.0',
      '0000:00:01.0 0000:00/01.0',
      '0000:00:14.0 0000:00/14.0',
      '0000:00:1d.0 0000:00/1d.0',
      '0000:00:1f.6 0000:00/1f.6',
      '0000:01:00.0 0000:00/01.0/00.0',
      '0000:01:00.1 0000:00/01.0/00.1',
      '0000:02:00.0 0000:00/1d.0/00.0',
    ]);
    expect(functionOf(machine, '0000:00:01.0')?.bridge).toEqual({ secondary: 1, subordinate: 1 });
  });

  test('ids, subsystem, class, type and link are those of the properties', () => {
    expect(functionOf(machine, '0000:01:00.0')).toMatchObject({
      ids: {
        value: { vendor: 0x10de, device: 0x2684, subsystemVendor: 0x1462, subsystemDevice: 0x5104, revision: 0xa1 },
      },
      classCode: { value: 0x030000 },
      names: { device: 'AD102 [GeForce RTX 4090]' },
      express: { value: { portType: 'legacy-endpoint' } },
      link: { value: { speed: 2.5, width: 16, maxSpeed: 16, maxWidth: 16 } },
      bootVga: { known: false, needs: 'linux' },
      driver: { known: false, needs: 'linux' },
    });
  });

  test('a segment stands above the bus number, and the location’s three numbers where the properties are missing', () => {
    const second = device({ at: [0x10003, 5, 1], ids: 'VEN_8086&DEV_0001', class: [2, 0, 0] });
    const german = {
      ...second,
      bus: null,
      address: null,
      location: 'PCI-Bus 66, Gerät 3, Funktion 2',
      instance: 'PCI\\X',
    };
    const nowhere = { ...second, bus: null, address: null, location: 'somewhere', instance: 'PCI\\Y' };
    const { functions } = machineOf(inventory({ devices: [second, german, nowhere] }));
    expect(functions.map(({ address }) => address)).toEqual(['0000:42:03.2', '0100:03:05.1']);
  });

  test('ACS is the register as it is; what is switched on is not told', () => {
    expect(functionOf(machine, '0000:00:01.0')?.acs).toMatchObject({ value: { capability: 0x1d, control: null } });
    expect(functionOf(machine, '0000:01:00.0')?.acs).toMatchObject({ known: true, value: null });
    const empty = machineOf(inventory({ devices: [{ ...rootPort, acsCapability: 0 }] }));
    expect(empty.functions[0]?.acs).toMatchObject({ value: { capability: 0, control: null } });
  });

  test('the kernel’s rule makes its groups of that, nothing taken for granted but the table', () => {
    const { groups, assumed } = predictGroups(machine);
    expect(assumed.map(({ code }) => code)).toEqual(['no-table']);
    expect(groups.find(({ devices }) => devices.includes(at('0000:01:00.0')))?.devices).toEqual([
      '0000:01:00.0',
      '0000:01:00.1',
    ]);
    const without = { ...rootPort, acsCapability: 0, acsSupport: 2 };
    const joined = predictGroups(machineOf(inventory({ devices: [without, card] }))).groups;
    expect(joined).toHaveLength(1);
  });

  test('a register that Windows does not tell is assumed from what it says of the way up', () => {
    const silent = { ...rootPort, acsCapability: null, acsUpHierarchy: null };
    const told = machineOf(inventory({ devices: [silent, card] }));
    expect(told.functions[0]?.acs).toMatchObject({ provenance: 'assumed', value: { capability: 0x1d } });
    const denied = machineOf(inventory({ devices: [silent, { ...card, acsUpHierarchy: 0 }] }));
    expect(denied.functions[0]?.acs).toMatchObject({ known: false });
  });

  test('the identity is the one that the same machine has under Linux', () => {
    expect(machine.identity).toMatchObject({
      board: 'ASUSTeK COMPUTER INC. ROG STRIX Z390-E GAMING',
      product: null,
      provenance: 'measured',
    });
    expect(machine.identity.functions).toContain('0000:00/01.0/00.0 10de:2684 1462:5104');
  });
});

describe('the host', () => {
  const machine = machineOf(inventory());

  test('disks are found behind their controllers, and what Windows starts from is refused', () => {
    const { plan, state } = planOf(machine, '0000:02:00.0', ['PhysicalDrive0']);
    expect(state).toBe('refused');
    expect(plan.losses).toMatchObject([
      {
        kind: 'disk',
        name: 'PhysicalDrive0',
        situation: 'system-disk',
        values: { mounts: ['EFI system partition', 'C:\\'] },
      },
    ]);
  });

  test('a stick, a keyboard and its hub hang behind the USB controller', () => {
    expect(machine.usb).toMatchObject({
      value: [
        { kind: 'hub', behind: '0000:00:14.0' },
        { kind: 'keyboard', product: 'USB Composite Device', behind: '0000:00:14.0' },
        { kind: 'storage', product: 'USB Mass Storage Device', behind: '0000:00:14.0' },
      ],
    });
    expect(planOf(machine, '0000:00:14.0').plan.losses.map(({ kind, situation }) => `${kind} ${situation}`)).toEqual([
      'disk mounted',
      'input last-keyboard',
    ]);
  });

  test('screens hang behind their card', () => {
    expect(machine.displays).toMatchObject({ value: [{ connector: 'screen-1', behind: '0000:01:00.0' }] });
  });

  test('the network has its addresses and its way out; a switch of Hyper-V hides them', () => {
    expect(machine.interfaces).toMatchObject({
      value: [
        {
          name: 'Ethernet',
          behind: '0000:00:1f.6',
          addresses: ['192.0.2.77/24', 'fe80::1c2d:3e4f:5a6b:7c8d/64'],
          defaultRoute: true,
          up: true,
        },
      ],
    });
    const switched = machineOf(
      inventory({ addresses: [{ index: 23, address: '192.0.2.77', prefix: 24 }], routes: [{ index: 23 }] }),
    );
    expect(switched.interfaces).toMatchObject({ value: [{ addresses: null, defaultRoute: null }] });
    expect(planOf(switched, '0000:00:1f.6').state).toBe('waits');
    const [first] = inventory().sections.adapters;
    const blank = machineOf(inventory({ adapters: [{ ...first, name: 'Ethernet, 2' }] }));
    expect(planOf(blank, '0000:00:1f.6', ['Ethernet-2']).state).toBe('ready');
  });

  test('what only an administrator sees is said so, and opens no guard', () => {
    const { source } = machine;
    expect(source).toMatchObject({ kind: 'windows', collectedAt: '2026-01-02T03:04:05Z' });
    const closed = machineOf(inventory({ partitions: null, deviceGuard: null }, { elevated: false }));
    expect(closed.disks).toMatchObject({ known: false, needs: 'administrator' });
    expect(planOf(closed, '0000:02:00.0').plan.unknowns.map(({ code }) => code)).toContain('mounts');
  });

  test.each([
    ['on', {}, false, 'on'],
    ['off in the firmware', { virtualizationInFirmware: false }, false, 'off'],
    ['hidden by a hypervisor of its own', { virtualizationInFirmware: false, monitorExtensions: false }, true, 'on'],
  ])('virtualization is %s', (_, flags, hypervisorPresent, situation) => {
    const [processor] = inventory().sections.processors;
    const told = machineOf(
      inventory({
        processors: [{ ...processor, ...flags }],
        computer: [{ maker: 'ASUS', model: 'System Product Name', hypervisorPresent, memoryBytes: 1 }],
      }),
    );
    expect(verdicts(told)['virtualization-extension']).toBe(situation);
  });

  test('a guest of a hypervisor is one', () => {
    const computer = [
      { maker: 'Microsoft Corporation', model: 'Virtual Machine', hypervisorPresent: true, memoryBytes: 1 },
    ];
    expect(machineOf(inventory({ computer })).cpu).toMatchObject({
      underHypervisor: { value: true },
      virtualization: { known: false },
    });
  });
});

describe('the first answer', () => {
  test('says what Windows tells, what it cannot, and how to go on', () => {
    const machine = machineOf(inventory());
    const found = findings(machine);
    const told = answer(machine, found);
    expect(told).toMatchObject({ answer: 'unknown', situation: 'seen-from-windows', values: { cardsFree: 1 } });
    expect(answerWords(told).text).toContain('With it on, your graphics card can be given away.');
    const remedies = found.filter(({ verdict }) => verdict === 'unknown').flatMap(({ remedies: all }) => all);
    expect(new Set(remedies.map(({ code }) => code))).toEqual(new Set(['start-linux']));
    expect(firmwareStage(machine, found, firmwareGuideFor(machine))).toMatchObject({
      state: 'done',
      situation: 'windows-says-so',
    });
  });

  test('is the firmware’s switch, where Windows finds virtualization off', () => {
    const [processor] = inventory().sections.processors;
    const machine = machineOf(inventory({ processors: [{ ...processor, virtualizationInFirmware: false }] }));
    expect(answer(machine, findings(machine)).situation).toBe('after-virtualization');
  });
});

describe('the firmware', () => {
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

  test('its DMAR is read as Linux reads it', () => {
    const table = hex(dmar(1, drhd(0xfed90000, true), rmrr(0x1000, 0x1fff, scope(1, 0, [0x1f, 6]))));
    const machine = machineOf(
      inventory({
        tables: [
          { signature: 'FACP', bytes: null },
          { signature: 'DMAR', bytes: table },
        ],
      }),
    );
    expect(verdicts(machine)['firmware-table']).toBe('present');
    expect(machine.firmware.remapping).toMatchObject({ value: { table: 'DMAR', units: [{}] } });
    expect(planOf(machine, '0000:00:1f.6').plan.findings).toMatchObject([{ situation: 'foretold' }]);
  });

  test('without the tables, protection from DMA shows that the IOMMU is on in the firmware', () => {
    expect(verdicts(machineOf(inventory()))['firmware-table']).toBe('protects-windows');
    const without = machineOf(inventory({ deviceGuard: [{ available: [1, 2] }] }));
    expect(verdicts(without)['firmware-table']).toBe('unknown');
  });

  test('memory that must stay mapped is foretold from Windows’ own word, where Linux does not let it go', () => {
    const reserved = { reservedMemory: true } as const;
    const [host, ...others] = inventory().sections.devices;
    const machine = machineOf(inventory({ devices: [host, ...others.map((each) => ({ ...each, ...reserved }))] }));
    const subjects = findings(machine)
      .filter(({ code }) => code === 'reserved-memory')
      .map(({ subject, values }) => `${subject} ${String(values['holders'])}`);
    expect(subjects).toContain('0000:00:1f.6 0000:00:1f.6');
    // The card itself is let go on Intel; its sound is not.
    expect(subjects).toContain('0000:01:00.0 0000:01:00.1');
    // So is a USB controller.
    expect(subjects.some((one) => one.startsWith('0000:00:14.0'))).toBe(false);
  });
});

describe('what came from elsewhere', () => {
  test('is known by its format, of any version; another version is refused with its place', () => {
    expect(isInventory({ format: 'slotwise-windows', version: 9 })).toBe(true);
    expect(isInventory({ format: 'slotwise-report' })).toBe(false);
    expect(read(inventory({}, { version: 2 }))).toMatchObject({
      problem: true,
      where: 'machine.json, version',
      detail: 'expected version 1, found 2',
    });
  });

  test('lists may stand alone or wrapped, as Windows PowerShell 5.1 writes them', () => {
    const [only] = inventory().sections.disks;
    const wrapped = { value: inventory().sections.devices, Count: 8 };
    const machine = machineOf(inventory({ disks: only, devices: wrapped, addresses: null }));
    expect(machine.disks).toMatchObject({ value: [{ name: 'PhysicalDrive0' }] });
    expect(machine.functions).toHaveLength(8);
  });

  test('a ring of parents, bridges that lead back and one place twice end in a tree', () => {
    const a = { ...rootPort, parent: card.instance };
    const b = { ...card, parent: rootPort.instance };
    const { functions } = machineOf(inventory({ devices: [a, b, { ...b, name: 'again' }] }));
    expect(functions.map(({ parent }) => parent)).toEqual([null, '0000:00:01.0']);
    const node = { instance: 'USB\\A', parent: 'USB\\A', class: 'Keyboard', name: null };
    expect(machineOf(inventory({ nodes: [node] })).usb).toMatchObject({ value: [] });
  });

  test('a report of it holds no serial number and no address, and is read again', () => {
    const machine = machineOf(inventory());
    const report = reportOf(redact(machine, []).machine);
    const text = JSON.stringify(report);
    for (const secret of secrets) expect(text).not.toContain(secret);
    const again = parseReport(JSON.parse(text), from);
    expect(isSourceProblem(again)).toBe(false);
  });

  test('whatever stands in it, the answer is a machine or a problem', () => {
    const base = inventory();
    const anything = fc.oneof(
      fc.anything({ maxDepth: 2 }),
      fc.constantFrom(null, '', -1, 1e308, '\u202e<img onerror=x>'),
    );
    const row = (name: (typeof sectionNames)[number]) =>
      fc.record(
        Object.fromEntries(
          Object.keys(sections[name].fields).map((field) => {
            const known = (base.sections as Record<string, unknown>)[name];
            const rows = Array.isArray(known) ? (known as Record<string, unknown>[]) : [];
            const values = rows.map((each) => each[field] ?? null);
            return [field, fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...values, null) }, anything)];
          }),
        ),
      );
    const mutated = fc.record(
      Object.fromEntries(
        sectionNames.map((name) => [
          name,
          fc.oneof({ weight: 8, arbitrary: fc.array(row(name), { maxLength: 6 }) }, anything),
        ]),
      ),
    );
    fc.assert(
      fc.property(mutated, (given) => {
        let text: string | undefined;
        try {
          text = JSON.stringify(inventory(given));
        } catch {
          return;
        }
        const machine = machineFromInventory(JSON.parse(text), shippedNames, from);
        if (isSourceProblem(machine)) return;
        expect(v.is(machineShape, machine)).toBe(true);
        predictGroups(machine);
        findings(machine);
      }),
      { numRuns: 300 },
    );
  });
});
