import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeConfigSpace } from '../../../main/machine/config-space/decode.ts';

/** Config space of 4096 zeros with the given bytes at the given offsets. */
function space(size: number, patches: readonly (readonly [offset: number, ...bytes: number[]])[]): Uint8Array {
  const bytes = new Uint8Array(size);
  for (const [offset, ...values] of patches) bytes.set(values, offset);
  return bytes;
}

const endpoint = [
  [0x00, 0xde, 0x10, 0x84, 0x26], // 10de:2684
  [0x06, 0x10, 0x00], // status: capability list
  [0x08, 0xa1, 0x00, 0x00, 0x03], // revision a1, class 030000
  [0x34, 0x40],
] as const;
const express = [0x40, 0x10, 0x00, 0x02, 0x00, 0, 0, 0, 0x10] as const; // v2 endpoint with FLR, end of list

describe('what the bytes hold', () => {
  test('a capability chain in the classic and the extended list', () => {
    const decoded = decodeConfigSpace(
      space(4096, [
        ...endpoint,
        express,
        [0x100, 0x0d, 0x00, 0x01, 0x15, 0x5f, 0x00, 0x1d, 0x00], // ACS, next 150h
        [0x150, 0x15, 0x00, 0x01, 0x00, 0xf0, 0xff, 0x01, 0x00, 0x21, 0x0e, 0x00, 0x00], // resizable BAR 1, 2^14 MB
      ]),
    );
    expect(decoded.acs).toMatchObject({ value: { capability: 0x5f, control: 0x1d }, where: 'config 100h' });
    expect(decoded.express).toMatchObject({ value: { portType: 'endpoint', flr: true } });
    expect(decoded.resizableBars).toMatchObject({
      value: [
        { bar: 1, sizesMegabytes: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096], currentMegabytes: 16384 },
      ],
    });
    expect(decoded.ids).toMatchObject({
      value: { vendor: 0x10de, device: 0x2684, revision: 0xa1, subsystemVendor: null },
    });
    expect(decoded.classCode).toMatchObject({ value: 0x030000 });
    expect(decoded.ats).toMatchObject({ known: true, value: null });
  });

  test('SR-IOV: total and enabled functions, none while VF Enable is clear; reserved bits of a pointer are masked', () => {
    const sriov = (control: number) =>
      decodeConfigSpace(
        space(4096, [
          ...endpoint,
          express,
          [0x100, 0x0e, 0x00, 0x31, 0x14], // ARI, next 140h with both reserved bits set
          // initial 6, total 8, in use 4, offset 128, stride 2, VF device 10cah
          [
            0x140,
            0x10,
            0,
            1,
            0,
            0,
            0,
            0,
            0,
            control,
            0,
            0,
            0,
            6,
            0,
            8,
            0,
            4,
            0,
            0,
            0,
            0x80,
            0,
            2,
            0,
            0,
            0,
            0xca,
            0x10,
            0x53,
            0x05,
          ],
        ]),
      ).sriov;
    const pageKilobytes = [4, 8, 64, 256, 1024, 4096];
    const said = { totalVfs: 8, offset: 128, stride: 2, vfDevice: 0x10ca, pageKilobytes };
    expect(sriov(1)).toMatchObject({ value: { ...said, enabledVfs: 4 }, where: 'config 140h' });
    expect(sriov(0)).toMatchObject({ value: { ...said, enabledVfs: 0 } });
  });

  test('64-bit and prefetchable base addresses, I/O, and a ROM', () => {
    const decoded = decodeConfigSpace(
      space(256, [
        [0x04, 0x03],
        [0x10, 0x0c, 0x00, 0x00, 0x00, 0x40, 0x00, 0x00, 0x00], // BAR 0 at 0x4000000000, 64 bits, prefetchable
        [0x24, 0x01, 0xe0, 0x00, 0x00], // BAR 5, I/O at e000h
        [0x30, 0x01, 0x00, 0x00, 0xfc],
      ]),
    );
    expect(decoded.bars).toMatchObject({
      value: [
        { index: 0, kind: 'memory', address: '0x4000000000', bits: 64, prefetchable: true, enabled: true },
        { index: 5, kind: 'io', address: '0xe000', bits: 32, enabled: true },
        { index: 6, kind: 'rom', address: '0xfc000000', enabled: true },
      ],
    });
  });

  test('a 32-bit address above 2 GiB stays positive', () => {
    const decoded = decodeConfigSpace(space(64, [[0x10, 0x00, 0x00, 0x00, 0xfe]]));
    expect(decoded.bars).toMatchObject({ value: [{ address: '0xfe000000' }] });
  });
});

describe('what the bytes do not hold is unknown', () => {
  test('64 bytes of a function with capabilities need root', () => {
    const decoded = decodeConfigSpace(space(64, endpoint));
    for (const fact of [decoded.capabilities, decoded.express, decoded.acs, decoded.sriov, decoded.msix]) {
      expect(fact).toMatchObject({ known: false, needs: 'root' });
    }
    expect(decoded.ids.known).toBe(true);
  });

  test('64 bytes of a function without capabilities say all: it is no PCI Express function', () => {
    const decoded = decodeConfigSpace(
      space(64, [
        [0x00, 0x86, 0x80, 0x0e, 0x10],
        [0x08, 0, 0, 0, 2],
      ]),
    );
    expect(decoded.express).toMatchObject({ known: true, value: null, provenance: 'derived' });
    expect(decoded.acs).toMatchObject({ known: true, value: null });
  });

  test('256 bytes of an Express function leave the extended list open, unless the kernel reaches no more', () => {
    const bytes = space(256, [...endpoint, express]);
    expect(decodeConfigSpace(bytes).acs).toMatchObject({ known: false, needs: 'fuller-source' });
    expect(decodeConfigSpace(bytes, 'whole').acs).toMatchObject({ known: true, value: null });
    expect(decodeConfigSpace(bytes).express.known).toBe(true);
  });

  test('a function that does not answer tells nothing', () => {
    const decoded = decodeConfigSpace(new Uint8Array(4096).fill(0xff));
    expect(decoded).toMatchObject({ header: 'unknown', ids: { known: false, needs: 'readable-file' } });
    expect(decoded.acs).toMatchObject({ known: false, needs: 'readable-file' });
  });

  test('zeros that tar put in place of what it could not read are not taken for config space', () => {
    const decoded = decodeConfigSpace(space(4096, endpoint), 'whole');
    expect(decoded.configBytes).toBe(64);
    expect(decoded.acs).toMatchObject({ known: false, needs: 'root' });
  });
});

describe('lists that lie', () => {
  test('a classic list that points at itself ends', () => {
    const decoded = decodeConfigSpace(space(256, [...endpoint, [0x40, 0x09, 0x40]]));
    expect(decoded.capabilities).toMatchObject({ value: [{ id: 9, offset: 0x40 }] });
  });

  test('an extended list that goes back to its start ends', () => {
    const decoded = decodeConfigSpace(space(4096, [...endpoint, express, [0x100, 0x01, 0x00, 0x01, 0x10]]));
    expect(decoded.acs).toMatchObject({ known: true, value: null });
  });

  test('a pointer past a short copy makes unknown, not absent', () => {
    const decoded = decodeConfigSpace(space(128, [...endpoint, [0x40, 0x09, 0xf0]]));
    expect(decoded.msix).toMatchObject({ known: false });
    expect(decoded.capabilities).toMatchObject({ known: false });
  });
});

test('no bytes, of any length, throw or loop, and every address stays within its shape', () => {
  const lengths = fc.constantFrom(0, 1, 7, 63, 64, 65, 128, 255, 256, 257, 300, 4095, 4096, 5000);
  fc.assert(
    fc.property(
      lengths.chain((length) => fc.uint8Array({ minLength: length, maxLength: length })),
      fc.constantFrom('cut' as const, 'whole' as const),
      (bytes, end) => {
        const decoded = decodeConfigSpace(bytes, end);
        expect(decoded.configBytes).toBeLessThanOrEqual(4096);
        for (const bar of decoded.bars.known ? decoded.bars.value : []) {
          if (bar.address !== null) expect(bar.address).toMatch(/^0x[0-9a-f]{1,16}$/);
        }
        if (decoded.capabilities.known) expect(decoded.capabilities.value.length).toBeLessThanOrEqual(48 + 480);
      },
    ),
    { numRuns: 2000 },
  );
});
