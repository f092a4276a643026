import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LocalApic } from '../../main/remapping/platform/local-apic.ts';

describe('a local APIC', () => {
  test('refuses vectors 0 to 15, and merges a request that waits already', () => {
    const apic = new LocalApic();
    expect([0, 15, 256].map((vector) => apic.accept(vector))).toEqual([false, false, false]);
    expect([apic.accept(16), apic.accept(16)]).toEqual([true, false]);
    expect(apic.acknowledge()).toBe(16);
    expect(apic.acknowledge()).toBeNull();
  });

  test('takes a higher class above what is in service, and holds the same class back', () => {
    const apic = new LocalApic();
    apic.accept(0x41);
    expect(apic.acknowledge()).toBe(0x41);
    apic.accept(0x4f);
    expect(apic.pending).toBeNull();
    apic.accept(0x51);
    expect(apic.acknowledge()).toBe(0x51);
    expect([apic.endOfInterrupt(), apic.endOfInterrupt()]).toEqual([0x51, 0x41]);
    expect(apic.acknowledge()).toBe(0x4f);
  });

  test('holds back what is not above the class of the task', () => {
    const apic = new LocalApic();
    apic.accept(0x5a);
    apic.taskPriority = 0x50;
    expect(apic.pending).toBeNull();
    apic.taskPriority = 0x4f;
    expect(apic.pending).toBe(0x5a);
  });

  test('has nothing to end where nothing is in service', () => {
    expect(new LocalApic().endOfInterrupt()).toBeNull();
    expect(new LocalApic().processorPriority).toBe(0);
  });

  test('delivers every vector once, highest class first, and is empty after', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 16, max: 255 })), (vectors) => {
        const apic = new LocalApic();
        for (const vector of vectors) apic.accept(vector);
        const delivered: number[] = [];
        for (let vector = apic.acknowledge(); vector !== null; vector = apic.acknowledge()) {
          expect(apic.isRequested(vector)).toBe(false);
          expect(apic.isInService(vector)).toBe(true);
          delivered.push(vector);
          expect(apic.endOfInterrupt()).toBe(vector);
        }
        expect(delivered).toEqual([...vectors].sort((a, b) => b - a));
      }),
    );
  });
});
