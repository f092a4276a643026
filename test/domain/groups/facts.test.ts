import { describe, expect, test } from 'vitest';
import { measured } from '../../../main/machine/fact.ts';
import type { FirmwareSetting } from '../../../main/machine/machine.ts';
import type { PciFunction } from '../../../main/machine/pci-function.ts';
import { linkGist, linkSays } from '../../../renderer/groups/link-facts.ts';
import { subjectOf, subjectText } from '../../../renderer/groups/subject.ts';
import { reportedSetting } from '../../../renderer/overview/reported-setting.ts';
import { functionAt } from '../../hosts/built-machine.ts';

const link = (width: number, speed: number, maxWidth: number, maxSpeed: number) => ({
  width,
  speed,
  maxWidth,
  maxSpeed,
});
const port = (maxWidth: number, maxSpeed: number): PciFunction => ({
  ...functionAt('0000:00:01.0', { header: 'bridge', classCode: 0x060400 }),
  link: measured(link(1, 2.5, maxWidth, maxSpeed), 'test'),
});

describe('a link in plain words', () => {
  test('that runs as fast as it can says so once', () => {
    expect(linkSays(link(16, 16, 16, 16), null)).toEqual(['It runs as fast as it can.']);
    expect(linkGist(link(16, 16, 16, 16))).toBe('×16 at 16 GT/s');
  });

  test('that is slower while idle names saving power; lanes are not put down to it', () => {
    expect(linkSays(link(16, 2.5, 16, 16), port(16, 16)).join(' ')).toMatch(/2\.5 of 16 GT\/s\. .*idle/);
    const narrow = linkSays(link(4, 16, 16, 16), port(16, 16)).join(' ');
    expect(narrow).toMatch(/^It runs on 4 of its 16 lanes\. .*seldom takes lanes away/);
    expect(linkGist(link(4, 2.5, 16, 16))).toBe('×4 of ×16, 2.5 of 16 GT/s');
  });

  test('that its port limits names the port, and nothing else', () => {
    const says = linkSays(link(4, 8, 16, 16), port(4, 8)).join(' ');
    expect(says).toMatch(/The port above, 00:01\.0, has 4 lanes\./);
    expect(says).toMatch(/goes no faster than 8 GT\/s\.$/);
  });
});

test('a link to a unit is read as it is written, and nothing hostile is one', () => {
  expect(subjectOf('unit:dmar0')).toEqual({ kind: 'unit', id: 'dmar0' });
  expect(subjectText({ kind: 'unit', id: 'table-3' })).toBe('unit:table-3');
  expect([subjectOf('unit:'), subjectOf('unit:<b>'), subjectOf(`unit:${'a'.repeat(33)}`)]).toEqual([null, null, null]);
});

describe('what the system reports of a firmware switch', () => {
  const setting = (name: string, label: string | null = null): FirmwareSetting => ({
    driver: 'thinklmi',
    name,
    label,
    value: 'Disabled',
    choices: [],
  });
  const both = [setting('VirtualizationTechnology'), setting('VTdFeature', 'VT-d Feature')];
  const at = (purpose: 'iommu' | 'virtualization' | 'acs', names: string[] = []) => ({ purpose, path: [], names });

  test('is found by its name, else by its purpose, and VT-d is not taken for VT-x', () => {
    expect(reportedSetting(at('iommu'), both)?.name).toBe('VTdFeature');
    expect(reportedSetting(at('virtualization'), both)?.name).toBe('VirtualizationTechnology');
    expect(reportedSetting(at('virtualization'), [setting('VtForDirectIo')])).toBeNull();
    expect(reportedSetting(at('acs', ['vt-d feature']), both)?.name).toBe('VTdFeature');
    expect(reportedSetting(at('acs'), both)).toBeNull();
  });
});
