import { dmaStep } from './dma-step.ts';
import { interruptStep } from './interrupt-step.ts';
import { makeUnit } from './make-unit.ts';
import { memoryStep } from './memory-step.ts';
import { registerStep } from './register-step.ts';
import { BadStep, objectOf } from './step-value.ts';
import type { Fields } from './step-value.ts';
import type { DriveTarget } from './target.ts';

/** Drives the engine step by step (the command line's `remap run`). A bad step changes nothing, and the run goes on. */
export interface RemapRunner {
  /** One line of input; its answer as one line of JSON, or null for a blank line. */
  step(line: string): string | null;
  /** One step that is parsed already, from a script file. */
  run(value: unknown): string;
  /** A step that the caller could not read; counted and answered as a bad one. */
  refuse(reason: string): string;
  /** how many steps were bad so far */
  readonly badSteps: number;
}

type StepKind = 'unit' | 'memory' | 'register' | 'dma' | 'interrupt';

export function createRemapRunner(): RemapRunner {
  let unit: DriveTarget | null = null;
  let count = 0;
  let badSteps = 0;

  const onUnit = (work: (unit: DriveTarget, fields: Fields) => Fields) => (fields: Fields) => {
    if (unit === null) throw new BadStep('the first step must be unit');
    return work(unit, fields);
  };
  const kinds = {
    unit: (fields) => {
      unit = makeUnit(fields);
      return {};
    },
    memory: onUnit((made, fields) => memoryStep(made.memory, fields)),
    register: onUnit(registerStep),
    dma: onUnit(dmaStep),
    interrupt: onUnit(interruptStep),
  } satisfies Record<StepKind, (fields: Fields) => Fields>;

  /** Parses and runs; BadStep where it cannot be run. */
  function perform(value: unknown): Fields {
    const step = objectOf(value, 'a step');
    const [name, ...others] = Object.keys(step);
    if (name === undefined || others.length > 0 || !isKind(name))
      throw new BadStep(`a step has one key of ${Object.keys(kinds).join(', ')}`);
    return kinds[name](objectOf(step[name], name));
  }

  const isKind = (name: string): name is StepKind => Object.hasOwn(kinds, name);

  function answer(value: () => unknown): string {
    count++;
    try {
      return JSON.stringify({ step: count, ok: true, ...perform(value()) });
    } catch (error) {
      if (!(error instanceof BadStep)) throw error;
      badSteps++;
      return JSON.stringify({ step: count, ok: false, error: error.message });
    }
  }

  return {
    step: (line) => (line.trim() === '' ? null : answer(() => parseLine(line))),
    run: (value) => answer(() => value),
    refuse: (reason) =>
      answer(() => {
        throw new BadStep(reason);
      }),
    get badSteps() {
      return badSteps;
    },
  };
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new BadStep('a step must be one line of JSON');
  }
}

/** The steps of a script file: a JSON array. Null where the text is none. */
export function scriptSteps(text: string): readonly unknown[] | null {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? parsed : null;
  } catch {
    return null;
  }
}
