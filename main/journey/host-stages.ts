import { measured, valueOr } from '../machine/fact.ts';
import type { Machine } from '../machine/machine.ts';
import { commandLineWords } from '../passthrough/command-line.ts';
import type { Finding } from '../passthrough/finding.ts';
import { firmwareTable } from '../passthrough/requirements/firmware-table.ts';
import { interruptRemapping } from '../passthrough/requirements/interrupt-remapping.ts';
import { iommuOn } from '../passthrough/requirements/iommu-on.ts';
import { virtualizationExtension } from '../passthrough/requirements/virtualization-extension.ts';
import { evidenceFrom } from './evidence.ts';
import { platformOf } from './remapping-state.ts';
import { resultsOf, type StageResult } from './stage-result.ts';
import type { FirmwareGuide } from './state.ts';

const looked = resultsOf<'look'>();
const firmware = resultsOf<'firmware'>();
const host = resultsOf<'host'>();

/** The judgements that the stages of the host rest on. */
const requirements = {
  'virtualization-extension': virtualizationExtension,
  'firmware-table': firmwareTable,
  'interrupt-remapping': interruptRemapping,
  'iommu-on': iommuOn,
} as const;

/** What was judged already, else judged here: stages and findings never disagree. */
const judged = (code: keyof typeof requirements, machine: Machine, findings: readonly Finding[]): Finding =>
  findings.find((finding) => finding.code === code) ?? requirements[code](machine);

/** The first stage is over as soon as there is a machine to show. */
export function lookStage(machine: Machine): StageResult<'look'> {
  const functions = machine.functions.length;
  const withoutRoot = machine.asRoot.known && !machine.asRoot.value;
  const evidence = [evidenceFrom('machine-read', measured(null, machine.source.name), machine.source.readAt)];
  return looked('done', withoutRoot ? 'read-without-root' : 'read', { functions }, evidence);
}

/** Over when the firmware's table is there or the kernel could make groups; no press of a button ends it. */
export function firmwareStage(
  machine: Machine,
  findings: readonly Finding[],
  guide: FirmwareGuide,
): StageResult<'firmware'> {
  const extension = judged('virtualization-extension', machine, findings);
  const table = judged('firmware-table', machine, findings);
  const evidence = [...extension.evidence, ...table.evidence];
  const extensionOff = extension.verdict === 'blocks';
  const switches = { switches: guide.switches.map(({ path, names }) => path[path.length - 1] ?? names[0] ?? '') };

  if (!extensionOff && table.situation === 'present') {
    const interrupts = judged('interrupt-remapping', machine, findings);
    // The table is what this stage waits for; that a part of it is missing may be beyond every switch.
    return interrupts.situation === 'not-offered'
      ? firmware('done', 'interrupts-left-out', table.values, [...evidence, ...interrupts.evidence])
      : firmware('done', 'table-there', table.values, evidence);
  }
  if (!extensionOff && (table.situation === 'implied' || table.situation === 'implied-untold'))
    return firmware('done', 'groups-say-so', {}, evidence);
  if (!extensionOff && table.situation === 'protects-windows') return firmware('done', 'windows-says-so', {}, evidence);
  if (table.situation === 'other-architecture') return firmware('blocked', 'other-architecture', {}, evidence);
  if (valueOr(machine.cpu.underHypervisor, false)) return firmware('open', 'off-inside-vm', {}, evidence);
  if (extensionOff) {
    return firmware('open', table.situation === 'missing' ? 'both-off' : 'virtualization-off', switches, evidence);
  }
  return firmware('open', table.situation === 'missing' ? 'iommu-off' : 'cannot-know', switches, evidence);
}

/** Over when the kernel made groups: nothing else proves that its IOMMU is on. */
export function hostStage(machine: Machine, findings: readonly Finding[]): StageResult<'host'> {
  const { situation, values, evidence } = judged('iommu-on', machine, findings);
  switch (situation) {
    case 'on':
      return host('done', 'iommu-on', values, evidence);
    case 'switched-off':
      return host('open', 'switched-off', values, evidence);
    case 'not-switched-on': {
      const file = machine.configFiles.find(({ content }) => /^[^#\n]*\bintel_iommu=on\b/m.test(content));
      return file
        ? host('open', 'option-waits', { option: 'intel_iommu=on', file: file.path }, evidence)
        : host('open', 'kernel-switch', { option: 'intel_iommu=on' }, evidence);
    }
    case 'off-unexplained':
      return host('open', 'did-not-start', {}, evidence);
    case 'waits-for-firmware':
      return host('open', startsByItself(machine) ? 'no-change' : 'after-firmware', {}, evidence);
    default:
      return host('open', 'cannot-know', {}, evidence);
  }
}

/** AMD's driver starts wherever the table is (drivers/iommu/amd/init.c); Intel's may wait for its option. */
const startsByItself = (machine: Machine): boolean =>
  platformOf(machine) === 'amd' ||
  commandLineWords(valueOr(machine.kernel.commandLine, '')).some((word) => /^intel_iommu=(.*,)?on(,.*)?$/.test(word));
