import type { ExitCode } from './exit-code.ts';
import type { Terminal } from './outcome.ts';

export interface Command {
  /** what stands after `slotwise` in the list of commands */
  readonly usage: string;
  readonly does: string;
  /** Loaded when called: a scan must not pay for the server. */
  readonly load: () => Promise<(args: readonly string[], terminal: Terminal) => Promise<ExitCode>>;
}

/** What the command line can do. */
export const commands = {
  open: {
    usage: 'open [FILE] [--machine SRC] [--no-open]',
    does: 'opens the window; where it cannot, says why and serves',
    load: async () => (await import('./open.ts')).open,
  },
  serve: {
    usage: 'serve [--port N] [--machine SRC]',
    does: 'serves the app on loopback and prints one URL that works once',
    load: async () => (await import('./serve.ts')).serve,
  },
  scan: {
    usage: 'scan [--machine SRC] [--json]',
    does: 'facts and findings: verdict, evidence, remedy',
    load: async () => (await import('./scan.ts')).scan,
  },
  groups: {
    usage: 'groups [--predict] [--acs as-is|override:MODE|config:STR] [--move ADDR=PORT] [--machine SRC] [--json]',
    does: 'the IOMMU groups as the kernel made them, or as it would',
    load: async () => (await import('./groups.ts')).groups,
  },
  explain: {
    usage: 'explain ADDR|GROUP [--machine SRC] [--json]',
    does: 'why a group is what it is, and what would change it',
    load: async () => (await import('./explain.ts')).explain,
  },
  plan: {
    usage:
      'plan --give ADDR… [--keep ADDR…] [--lose NAME…] [--vm NAME] [--profile NAME] [-o FILE] [--machine SRC] [--json]',
    does: 'what comes along, what the host loses, which guards stand open',
    load: async () => (await import('./plan.ts')).plan,
  },
  recipe: {
    usage: 'recipe --plan FILE --for TARGET… [-o DIR] [--diff] [--json]',
    does: 'the files, each with apply, verify and undo',
    load: async () => (await import('./recipe.ts')).recipe,
  },
  verify: {
    usage: 'verify --plan FILE [--machine SRC] [--json]',
    does: 'after the reboot: did each step take effect?',
    load: async () => (await import('./verify.ts')).verify,
  },
  report: {
    usage: 'report [-o FILE] [--no-redact] [--machine SRC] [--json]',
    does: 'the redacted report, and what is in it',
    load: async () => (await import('./report.ts')).report,
  },
  collect: {
    usage: 'collect [--windows]',
    does: 'prints the collector: sh collect.sh > machine.tar.gz on the host; on Windows collect.ps1 -OutFile machine.json',
    load: async () => (await import('./collect.ts')).collect,
  },
  acpi: {
    usage: 'acpi decode FILE [--json]',
    does: 'a DMAR or IVRS table, from bytes or from acpidump text',
    load: async () => (await import('./acpi.ts')).acpi,
  },
  simulate: {
    usage: 'simulate [SCENARIO] [--device ADDR] [--against VARIANT] [--machine SRC] [--json]',
    does: 'a fault or an attack step by step, and whether this machine would stop it; alone: which there are',
    load: async () => (await import('./simulate.ts')).simulate,
  },
  rom: {
    usage: 'rom decode FILE [--for ADDR] [--machine SRC] [--json]',
    does: 'a saved option ROM (VBIOS): its images, and whether it is for that device',
    load: async () => (await import('./rom.ts')).rom,
  },
  remap: {
    usage: 'remap run SCRIPT|-',
    does: 'drives the remapping engine step by step, from a JSON array or from lines of JSON',
    load: async () => (await import('./remap.ts')).remap,
  },
} as const satisfies Record<string, Command>;

/** Promised for a later version; they say so and are not listed. */
export const notYet = ['doctor'] as const;
