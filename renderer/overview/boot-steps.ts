import type { Fact, Provenance } from '../../main/machine/fact.ts';
import type { Machine } from '../../main/machine/machine.ts';
import { bootChainWords as words } from '../../main/words/boot-chain.ts';
import { initramfsNames, loaderNames } from '../../main/words/recipes-place.ts';

/** A step from firmware to running kernel, with where that is known from. */
export interface BootStep {
  readonly name: string;
  readonly value: string;
  readonly mono: boolean;
  readonly from: Provenance;
  readonly where: string;
}

function step<T>(name: string, fact: Fact<T>, text: (value: T) => string | null, mono = false): BootStep[] {
  if (!fact.known) return [];
  const value = text(fact.value);
  return value === null || value === '' ? [] : [{ name, value, mono, from: fact.provenance, where: fact.where }];
}

/** What is known of how the host starts, in the order in which it does; what is not known is left out. */
export const bootSteps = ({ firmware, bootLoader, initramfs, distribution, image, kernel }: Machine): BootStep[] => [
  ...step(words.steps.firmware, firmware.efi, words.efi),
  ...step(words.steps.secureBoot, firmware.secureBoot, (on) => (on ? words.on : words.off)),
  ...step(words.steps.loader, bootLoader, (loader) => loaderNames[loader]),
  ...step(words.steps.initramfs, initramfs, (tool) => initramfsNames[tool]),
  ...step(words.steps.system, distribution, ({ name }) => name),
  ...step(words.steps.image, image, (kind) => (kind === null ? words.ordinary : words.images[kind])),
  ...step(words.steps.kernel, kernel.release, (release) => release, true),
  ...step(words.steps.commandLine, kernel.commandLine, (line) => line, true),
  ...step(words.steps.override, kernel.acsOverridePatch, (patched) => (patched ? words.patched : words.notPatched)),
  ...step(words.steps.options, kernel.config, (options) =>
    words.options(options.filter(({ value }) => value !== 'n').length, options.length),
  ),
];
