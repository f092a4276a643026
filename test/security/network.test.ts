import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { checkout } from '../stories/electron.ts';
import { aloneHindrance, runAlone } from './alone.ts';

const hindrance = aloneHindrance();
const state = mkdtempSync(join(tmpdir(), 'slotwise-alone-'));
afterAll(() => rmSync(state, { recursive: true, force: true }));

test.skipIf(hindrance !== null)(
  `N1 Served without a network the main job works, and no other address was ever wanted${hindrance === null ? '' : ` (${hindrance})`}`,
  () => {
    const program = join(checkout, 'out/main/slotwise.cjs');
    const found = runAlone(join(import.meta.dirname, 'alone-served.mjs'), [program], {
      HOME: state,
      XDG_STATE_HOME: state,
      XDG_DATA_HOME: state,
    });
    expect(found).toEqual({
      assets: expect.arrayContaining([200]) as unknown,
      problems: [],
      addresses: readdirSync('/sys/bus/pci/devices').sort(),
      refused: 0,
      attempt: 1,
    });
  },
);
