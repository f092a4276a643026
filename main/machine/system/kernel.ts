import { measured, unknown, type Fact } from '../fact.ts';
import { needOf, textOf, wordFact, wordOf } from '../files/read.ts';
import type { HostTree } from '../host-tree.ts';
import type { Machine } from '../machine.ts';
import { readAcsOverride } from './acs-override.ts';
import { readKernelConfig } from './kernel-config.ts';

type Kernel = Machine['kernel'];

export function readKernel(tree: HostTree): Kernel {
  const release = readRelease(tree);
  const commandLine = readCommandLine(tree);
  return {
    release,
    commandLine,
    bootId: wordFact(tree, 'proc/sys/kernel/random/boot_id'),
    log: readLog(tree),
    config: readKernelConfig(tree, release),
    acsOverridePatch: readAcsOverride(tree, release),
  };
}

function readRelease(tree: HostTree): Fact<string> {
  const release = wordOf(tree, 'proc/sys/kernel/osrelease');
  if (release !== null) return measured(release, '/proc/sys/kernel/osrelease');
  const banner = /^Linux version (\S+)/.exec(textOf(tree, 'proc/version') ?? '')?.[1];
  return banner === undefined
    ? unknown(needOf(tree, 'proc/version'), '/proc/version')
    : measured(banner, '/proc/version');
}

/** An empty command line is a known one. */
function readCommandLine(tree: HostTree): Fact<string> {
  const text = textOf(tree, 'proc/cmdline');
  return text === null
    ? unknown(needOf(tree, 'proc/cmdline'), '/proc/cmdline')
    : measured(text.trim(), '/proc/cmdline');
}

const logPath = 'cmd/dmesg.txt';
const lineLimit = 4000;
const lengthLimit = 1000;

/** What passthrough turns on: the units, their faults, VFIO, groups, resets, BARs, who owns the screen, errors of links. */
const ofInterest =
  /DMAR|AMD-Vi|IOMMU|remapping|x2apic|vfio|vgaarb|\bkvm|SVM|VMX|\bACS\b|\bAER\b|\bBAR \d|can't (?:assign|claim)|not ready.*reset|FLR|simple-framebuffer|simpledrm|efifb|vesafb|Command line:|Secure boot|lockdown/i;

function readLog(tree: HostTree): Kernel['log'] {
  const text = textOf(tree, logPath);
  if (text === null)
    return unknown(tree.trouble(logPath) === null ? 'fuller-source' : needOf(tree, logPath), 'kernel log');
  const lines: string[] = [];
  for (const line of text.split('\n')) {
    if (lines.length === lineLimit) break;
    if (ofInterest.test(line)) lines.push(line.trimEnd().slice(0, lengthLimit));
  }
  return measured(lines, 'kernel log');
}

/** Whether a release such as `6.1.0-37-amd64` is at least the given version; null when it is no version. */
export function isAtLeast(release: string, major: number, minor: number): boolean | null {
  const match = /^(\d+)\.(\d+)/.exec(release);
  if (!match) return null;
  const [a, b] = [Number(match[1]), Number(match[2])];
  return a > major || (a === major && b >= minor);
}
