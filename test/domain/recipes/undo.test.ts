import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Recipe } from '../../../main/recipes/artefact.ts';
import { renderRecipe } from '../../../main/recipes/render.ts';
import { needTool, run } from '../../hosts/tool.ts';
import { artefactOf, planOf } from './recipe-of.ts';

let host = '';
beforeEach(() => void (host = mkdtempSync(join(tmpdir(), 'slotwise-undo-'))));
afterEach(() => rmSync(host, { recursive: true, force: true }));

const path = '/etc/default/grub';
const stock = 'GRUB_TIMEOUT=5\nGRUB_CMDLINE_LINUX_DEFAULT="quiet"\n';
const edited = (text: string) =>
  renderRecipe(planOf({ distribution: 'arch', initramfs: 'mkinitcpio', configFiles: { [path]: text } }), [
    'grub',
    'modprobe',
  ]);

function apply(recipe: Recipe): void {
  for (const artefact of recipe.artefacts) {
    if (artefact.path === null) continue;
    mkdirSync(dirname(join(host, artefact.path)), { recursive: true });
    writeFileSync(join(host, artefact.path), artefact.content);
    chmodSync(join(host, artefact.path), parseInt(artefact.mode, 8));
  }
}
/** The commands that build boot files again fail in an empty folder; what they were is said. */
const undo = (recipe: Recipe) => run('sh', ['-s', '--', `${host}/`], recipe.undo);
const text = (file: string): string => readFileSync(join(host, file), 'utf8');

needTool('cmp', () => {
  test('New files go, old files are as they were, byte for byte; a second run finds nothing to do', () => {
    const recipe = edited(stock);
    apply(recipe);
    const first = undo(recipe);
    expect(text(path)).toBe(stock);
    expect(statSync(join(host, path)).mode & 0o777).toBe(0o644);
    expect(existsSync(join(host, '/etc/modprobe.d/slotwise.conf'))).toBe(false);
    expect(first.out).toContain('/etc/default/grub: as before');
    expect(first.err).toMatch(/run it by hand: chroot .* grub-mkconfig -o \/boot\/grub\/grub.cfg/);
    const second = undo(recipe);
    expect(second.status).toBe(0);
    expect(second.out).toContain('/etc/default/grub: is as it was before');
    expect(second.out).toContain('slotwise.conf: not there, nothing to take back');
    expect(text(path)).toBe(stock);
  });

  test('A file that was changed since is kept and said, and the end is not 0', () => {
    const recipe = edited(stock);
    apply(recipe);
    const changed = `${text(path)}GRUB_DISABLE_OS_PROBER=false\n`;
    writeFileSync(join(host, path), changed);
    const ran = undo(recipe);
    expect(ran.status).toBe(1);
    expect(ran.err).toContain('/etc/default/grub: changed since, left alone');
    expect(text(path)).toBe(changed);
  });

  test('A recipe that was made again after it was applied still leads back to before', () => {
    const once = artefactOf(edited(stock), 'grub').content;
    const again = edited(once);
    expect(artefactOf(again, 'grub').remarks.map(({ code }) => code)).toContain('already-there');
    apply(again);
    undo(again);
    expect(text(path)).toBe(stock);
  });

  test('Any text that stood there comes back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (odd) => {
        const before = odd.replaceAll('\0', '');
        fc.pre(!before.includes('Slotwise'));
        const recipe = edited(before);
        apply(recipe);
        undo(recipe);
        expect(readFileSync(join(host, path)).equals(Buffer.from(before))).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  test('What a hypervisor was told is not touched, and how to take it back is said with the name in its quotes', () => {
    const name = `it's "; touch x # \\c`;
    const recipe = renderRecipe(planOf({}, ['0000:01:00.0'], name), ['libvirt', 'proxmox']);
    const ran = run('sh', ['-s'], recipe.undo);
    expect(ran).toMatchObject({ status: 0, err: '' });
    expect(ran.out).toContain(`virsh undefine --domain='it'\\''s "; touch x # \\c' --nvram`);
    expect(ran.out).toContain('qm set VMID -delete hostpci0');
  });
});
