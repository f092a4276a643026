import { expect, test } from 'vitest';
import { renderRecipe } from '../../../main/recipes/render.ts';
import { wayBack } from '../../../renderer/recipes/way-back.ts';
import { recipeText } from '../../../main/words/recipes.ts';
import { amd, planOf } from '../recipes/recipe-of.ts';

const plan = planOf();
const recipe = renderRecipe(plan, ['modprobe', 'initramfs-tools', 'grub', 'libvirt']);
const where = { folder: '/home/me/slotwise/win 11', sudo: true } as const;

test('what is typed in the boot menu is what the files listen to', () => {
  const { once } = wayBack(recipe, 'grub', where);
  const typed = once.flatMap((piece) => (typeof piece === 'object' && 'code' in piece ? [piece.code] : []));
  expect(typed).toContain('module_blacklist=vfio_pci');
  const byAddress = renderRecipe(plan, ['driver-override']);
  const [script] = byAddress.artefacts;
  const option = wayBack(byAddress, 'grub', where).once.find(
    (piece): piece is { code: string } => typeof piece === 'object' && 'code' in piece && piece.code.includes('='),
  );
  expect(script?.content).toContain(option?.code);
});

test('where devices are kept in both ways, both are switched off: either alone leaves them without the host’s driver', () => {
  const both = renderRecipe(plan, ['modprobe', 'driver-override', 'initramfs-tools']);
  expect(wayBack(both, 'grub', where).once).toContainEqual({ code: 'slotwise=off module_blacklist=vfio_pci' });
  expect(recipeText(both, plan, 'out')).toContain('add slotwise=off module_blacklist=vfio_pci to the line');
});

test('the terminal names the loader’s own key as the page does', () => {
  const text = (bootLoader: 'grub' | 'systemd-boot' | 'proxmox-boot-tool'): string => {
    const host = planOf({ bootLoader });
    return recipeText(renderRecipe(host, ['modprobe']), host, 'out');
  };
  expect(text('grub')).toContain('press F10');
  expect(text('systemd-boot')).toContain('press Enter');
  expect(text('systemd-boot')).not.toContain('F10');
  expect(text('proxmox-boot-tool')).not.toContain('F10');
});

test('with no file to write, the terminal claims neither a folder nor a way back', () => {
  const host = planOf({ ...amd, bootLoader: 'systemd-boot' });
  const text = recipeText(renderRecipe(host, ['grub']), host, 'out');
  expect(text).toContain('There is nothing to write, so nothing was written.');
  expect(text).not.toMatch(/Written to|undo\.sh/);
});

test('each loader has its own key, and none is claimed where it is not known', () => {
  const keys = (loader: Parameters<typeof wayBack>[1]): string[] =>
    wayBack(recipe, loader, where).once.flatMap((piece) =>
      typeof piece === 'object' && 'key' in piece ? [piece.key] : [],
    );
  expect(keys('grub')).toEqual(['E', 'F10']);
  expect(keys('systemd-boot')).toEqual(['Space', 'E', 'Enter']);
  expect(keys(null)).not.toContain('F10');
});

test('the script is named where it was saved, quoted, and below the mounted disk', () => {
  const { forGood, rescue } = wayBack(recipe, 'grub', where);
  expect(forGood[0]).toEqual({ code: "sudo sh '/home/me/slotwise/win 11/undo.sh'" });
  expect(rescue).toContainEqual({ code: "sh '/mnt/home/me/slotwise/win 11/undo.sh' /mnt" });
});

test('by hand: every host file goes, last first, and each rebuild runs once', () => {
  const { byHand } = wayBack(recipe, 'grub', where);
  const paths = recipe.artefacts.flatMap(({ path }) => (path === null ? [] : [path])).reverse();
  expect(byHand.slice(0, paths.length)).toEqual(paths.map((path) => `rm -f ${path}`));
  expect(new Set(byHand).size).toBe(byHand.length);
});

test('a recipe without host files changes nothing, and says so', () => {
  const guest = wayBack(renderRecipe(plan, ['qemu']), 'grub', where);
  expect(guest.byHand).toEqual([]);
  expect(guest.forGood).toHaveLength(1);
});
