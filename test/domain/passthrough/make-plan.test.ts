import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { findings } from '../../../main/passthrough/findings.ts';
import { isPlanProblem, makePlan, type PlanRequest } from '../../../main/passthrough/make-plan.ts';
import { openGuard } from '../../../main/passthrough/open-guard.ts';
import { planningShape, planShape, type Planning } from '../../../main/passthrough/plan.ts';
import { planText } from '../../../main/words/plan.ts';
import {
  at,
  debian,
  desktopFunctions,
  desktopGroups,
  disk,
  functionAt,
  group,
  machineWith,
  nic,
  twinFunctions,
} from '../../hosts/built-machine.ts';

const gpu = at('0000:01:00.0');
const lan = at('0000:03:00.0');
const ready = {
  functions: desktopFunctions(),
  groups: desktopGroups(),
  disks: [],
  interfaces: [],
  displays: [],
  usb: [],
  ...debian,
};
const asked = (request: Partial<PlanRequest>): PlanRequest => ({
  give: [gpu],
  keep: [],
  lose: [],
  vmName: 'win11',
  profile: 'gaming',
  ...request,
});

function planned(machine: ReturnType<typeof machineWith>, request: Partial<PlanRequest> = {}): Planning {
  const made = makePlan(machine, asked(request));
  if (isPlanProblem(made)) throw new Error(made.code);
  expect(v.is(planningShape, made)).toBe(true);
  return made;
}

test('A plan names all that crosses, why, and what else has the same ids', () => {
  const { plan } = planned(machineWith({ ...ready, functions: twinFunctions() }));
  expect(plan.give).toMatchObject([
    {
      address: '0000:01:00.0',
      reason: 'chosen',
      group: 5,
      driver: 'nouveau',
      twins: ['0000:04:00.0'],
      path: '0000:00/01.0/00.0',
    },
    { address: '0000:01:00.1', reason: 'same-slot', because: '0000:01:00.0', twins: ['0000:04:00.1'] },
  ]);
  expect(plan.host).toMatchObject({ cpuVendor: 'intel', iommuVendor: 'intel', iommuOn: true, bootLoader: 'grub' });
});

test('A twin that crosses over itself is none', () => {
  const { plan } = planned(machineWith({ ...ready, functions: twinFunctions() }), { give: [gpu, at('0000:04:00.0')] });
  expect(plan.give.flatMap(({ twins }) => twins)).toEqual([]);
});

test('A guard waits until its name is typed exactly', () => {
  const machine = machineWith({ ...ready, interfaces: [nic('enp3s0', lan, { defaultRoute: true })] });
  const state = (...lose: string[]) => planned(machine, { give: [lan], lose }).state;
  expect(state()).toBe('waits');
  expect(state('enp3s')).toBe('waits');
  expect(state('ENP3S0')).toBe('waits');
  expect(state('enp3s0')).toBe('ready');
  expect(state('eno1', 'enp3s0')).toBe('ready');
});

test('The system disk and its group cannot be answered', () => {
  const machine = machineWith({
    ...ready,
    groups: [group(5, gpu, '0000:01:00.1', '0000:02:00.0')],
    disks: [disk('nvme0n1', '0000:02:00.0', '/')],
  });
  const { state, plan } = planned(machine, { lose: ['nvme0n1', '0000:02:00.0'] });
  expect(state).toBe('refused');
  expect(plan.losses).toContainEqual(expect.objectContaining({ guard: 'refuse', answered: false, name: 'nvme0n1' }));
});

test('What the source does not tell is listed and opens nothing', () => {
  const { state, plan } = planned(machineWith({ functions: desktopFunctions() }));
  expect(state).toBe('ready');
  expect(plan.unknowns.map(({ code }) => code)).toEqual(['groups', 'boot-display', 'screens']);
  expect(plan.host.iommuOn).toBeNull();
});

describe('no plan', () => {
  const iommu = '0000:00:00.2';
  const machine = machineWith({
    ...ready,
    functions: [...ready.functions, functionAt(iommu, { classCode: 0x080600 })],
  });
  const problem = (request: Partial<PlanRequest>) => {
    const made = makePlan(machine, asked(request));
    return isPlanProblem(made) ? `${made.code} ${made.detail}` : 'a plan';
  };
  test.each([
    ['nothing-to-give no address', { give: [] }],
    ['no-such-device not on this machine', { give: [gpu, at('0000:7f:00.0')] }],
    ['not-a-device-to-give bridge', { give: [at('0000:00:01.0')] }],
    ['not-a-device-to-give bridge', { give: [at('0000:00:1f.0')] }],
    ['not-a-device-to-give iommu', { give: [at(iommu)] }],
    ['cannot-be-kept same-slot', { keep: [at('0000:01:00.1')] }],
    ['cannot-be-kept chosen', { keep: [gpu] }],
    ['cannot-be-kept stays anyway', { keep: [lan] }],
    ['bad-vm-name slash', { vmName: 'a/b' }],
    ['bad-vm-name empty', { vmName: ' ' }],
    ['bad-vm-name dots', { vmName: '..' }],
    ['bad-vm-name control-character', { vmName: 'a\nb' }],
    ['bad-vm-name control-character', { vmName: 'a\ud800' }],
    ['bad-vm-name too-long', { vmName: 'x'.repeat(201) }],
    ['a plan', { vmName: '"; rm -rf & #<img onerror=alert(1)>' }],
  ])('%s', (wanted, request) => {
    expect(problem(request)).toBe(wanted);
  });
});

describe('What the kernel’s groups keep', () => {
  const board = functionAt('0000:00:1f.0', { classCode: 0x060100, driver: 'lpc_ich' });
  const sata = functionAt('0000:00:1f.2', { classCode: 0x010601, driver: 'ahci' });
  const shared = { functions: [board, sata], groups: [group(10, '0000:00:1f.0', '0000:00:1f.2')] };

  test('A device in no group is refused, whatever the host may lose', () => {
    const { state, plan } = planned(machineWith({ ...ready, groups: [group(1, gpu)] }), { give: [lan] });
    expect(state).toBe('refused');
    expect(plan.findings).toMatchObject([{ code: 'group-viable', situation: 'no-group', subject: lan }]);
  });

  test.each(['kernel log', 'group listing, kernel log'])('What a %s does not name is only not known', (where) => {
    const machine = machineWith({ ...ready, groups: [group(1, gpu)] });
    const told = { ...machine, groups: { ...machine.groups, where } };
    const { state, plan } = planned(told, { give: [lan] });
    expect(state).not.toBe('refused');
    expect(plan.findings).toEqual([]);
    expect(findings(told).filter(({ situation }) => situation === 'no-group')).toEqual([]);
  });

  test('A driver of the board in the group is told with the plan, once a group, and can be taken off', () => {
    const { state, plan } = planned(machineWith({ ...ready, ...shared }), { give: [sata.address] });
    expect(state).toBe('ready');
    expect(plan.findings).toMatchObject([{ situation: 'platform-driver', subject: 'group 10', verdict: 'attention' }]);
    const functions = [functionAt('0000:00:1f.0', { classCode: 0x060100, driver: null }), sata];
    const { plan: without } = planned(machineWith({ ...ready, ...shared, functions }), { give: [sata.address] });
    expect(without.findings).toEqual([]);
  });

  test('Where the kernel has made no groups nothing is claimed', () => {
    expect(planned(machineWith({ ...ready, groups: 'off' }), { give: [lan] }).plan.findings).toEqual([]);
  });
});

describe('What the kernel refuses', () => {
  const held = (kind: string) =>
    desktopGroups().map((each) =>
      each.id === 7 ? { ...each, reserved: [{ start: '0x1000', end: '0x1fff', kind }] } : each,
    );
  const told = (kind: string) => machineWith({ ...ready, groups: held(kind) });

  test('no answer opens it, and both that and how to go on are said', () => {
    const planning = planned(told('direct'), { give: [lan], lose: ['enp3s0', '0000:03:00.0'] });
    expect(planning.state).toBe('refused');
    expect(planning.plan.findings).toMatchObject([{ code: 'reserved-memory', subject: lan, verdict: 'blocks' }]);
    expect(openGuard(planning.plan)).toEqual({ code: 'kernel-refuses', subject: lan });
    const text = planText(planning, null);
    expect(text).toContain('platform RMRR requirement');
    expect(text).toContain('Look in the firmware setup');
    expect(text).toContain('The kernel will not hand over a device in this choice.');
    expect(text).not.toContain('The host cannot run without');
  });

  test('it concerns what is given and what comes along, and nothing else', () => {
    expect(planned(told('direct')).plan.findings).toEqual([]);
    const groups = [group(5, gpu, '0000:01:00.1', lan)].map((each) => ({
      ...each,
      reserved: [{ start: '0x1000', end: '0x1fff', kind: 'direct' }],
    }));
    expect(planned(machineWith({ ...ready, groups })).plan.findings).toMatchObject([{ subject: gpu }]);
  });

  test('what an older kernel of AMD lets go is said and stops nothing', () => {
    const amd = { cpu: 'amd', tables: ['IVRS'], kernel: '6.1.0' } as const;
    const planning = planned(machineWith({ ...ready, ...amd, groups: held('direct') }), { give: [lan] });
    expect(planning.state).toBe('ready');
    expect(planText(planning, null)).toContain('not with Linux 6.6 or later');
    expect(planned(told('direct-relaxable'), { give: [lan] }).plan.findings).toEqual([]);
  });

  test('a plan from before this was judged is still read', () => {
    const { plan } = planned(told('direct'), { give: [gpu] });
    const before = Object.entries(plan).filter(([key]) => key !== 'findings');
    expect(v.parse(planShape, Object.fromEntries(before)).findings).toEqual([]);
  });
});
