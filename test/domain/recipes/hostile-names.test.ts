import { XMLParser } from 'fast-xml-parser';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Plan } from '../../../main/passthrough/plan.ts';
import { recipeTargets, type Recipe } from '../../../main/recipes/artefact.ts';
import { recipeFiles } from '../../../main/recipes/files.ts';
import { renderRecipe } from '../../../main/recipes/render.ts';
import { shellWord } from '../../../main/recipes/shell-word.ts';
import { vmLabel } from '../../../main/recipes/vm-label.ts';
import { twinFunctions } from '../../hosts/built-machine.ts';
import { needTool, run } from '../../hosts/tool.ts';
import { artefactOf, planOf } from './recipe-of.ts';

const hostile = fc.oneof(
  fc.constantFrom(
    '"; rm -rf / #<img onerror=alert(1)>',
    "'; touch /tmp/x; '",
    '$(id)`id`${IFS}',
    ']]><hostdev/>',
    '--></name><!--',
    '&lt;&#0;&amp;&nbsp;',
    'a\nb\r\nc\t\0d\u001b[2J',
    '--domain=other',
    '-rf',
    '..',
    '../../etc/passwd',
    '%s%n\\x00\\',
    ',host=0000:00:00.0,',
    '\ud800\udfff\ufffe\u202e',
    ' ',
    '',
  ),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
);

const plans = { alone: planOf(), twins: planOf({ functions: twinFunctions() }) };

/** A plan file may come from a stranger: every free text in it is put to the test, not only the name of the VM. */
const strange: fc.Arbitrary<Plan> = fc
  .tuple(hostile, hostile, hostile, hostile, hostile, hostile, fc.boolean())
  .map(([vm, name, driver, path, commandLine, where, twins]) => {
    const plan = twins ? plans.twins : plans.alone;
    return {
      ...plan,
      vm: { ...plan.vm, name: vm },
      give: plan.give.map((given) => ({ ...given, name, driver, path })),
      host: { ...plan.host, commandLine: `intel_iommu=x,off,${commandLine} nointremap ${commandLine}` },
      unknowns: [{ code: where, where }],
    };
  });

const textsOf = (recipe: Recipe) => recipeFiles(recipe).filter(({ file }) => file !== 'manifest.json');
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  trimValues: false,
  parseTagValue: false,
  processEntities: true,
});

test('The XML says the name, whatever it is', () => {
  fc.assert(
    fc.property(strange, (plan) => {
      const { content } = artefactOf(renderRecipe(plan, ['libvirt']), 'libvirt');
      const { domain } = parser.parse(content) as { domain: { name: string; devices: { hostdev: unknown[] } } };
      expect(domain.name).toBe(vmLabel(plan.vm.name).name);
      expect(domain.devices.hostdev).toHaveLength(plan.give.length);
      expect(content).not.toContain('<!--');
    }),
    { numRuns: 300 },
  );
});

test('No free text of a device reaches a file, and none of the VM’s name reaches a file’s name', () => {
  fc.assert(
    fc.property(strange, (plan) => {
      const recipe = renderRecipe(plan, [...recipeTargets]);
      const plain = renderRecipe(
        { ...plan, give: plan.give.map((given) => ({ ...given, name: '', driver: null, path: '' })) },
        [...recipeTargets],
      );
      for (const [index, { file, content }] of textsOf(recipe).entries()) {
        expect(file).toMatch(/^[A-Za-z0-9._/-]+$/);
        expect(file.split('/')).not.toContain('..');
        const module = plan.give[0]?.driver ?? '';
        if (!/^[A-Za-z0-9_-]{1,64}$/.test(module)) expect(content).toBe(textsOf(plain)[index]?.content);
      }
    }),
    { numRuns: 300 },
  );
});

test('A file name is never empty, hidden or longer than a file system takes', () => {
  fc.assert(
    fc.property(hostile, (name) => {
      expect(vmLabel(name).slug).toMatch(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/);
    }),
  );
});

needTool('xmllint', () => {
  test('The XML is well-formed, and another parser reads the same name', () => {
    fc.assert(
      fc.property(strange, (plan) => {
        const { content } = artefactOf(renderRecipe(plan, ['libvirt']), 'libvirt');
        const read = run('xmllint', ['--xpath', 'string(/domain/name)', '-'], content);
        expect(read).toMatchObject({ status: 0, out: `${vmLabel(plan.vm.name).name}\n`, err: '' });
      }),
      { numRuns: 60 },
    );
  });
});

needTool('sh', () => {
  test('A word of the shell stands for its text and nothing else', () => {
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 1, maxLength: 8 }), (texts) => {
        const bare = texts.map((text) => Buffer.from(text.replaceAll('\0', '')).toString());
        const { status, out, err } = run('sh', [], `printf '%s\\000' ${bare.map(shellWord).join(' ')}\n`);
        expect({ status, err }).toEqual({ status: 0, err: '' });
        expect(out.split('\0').slice(0, -1)).toEqual(bare);
      }),
      { numRuns: 100 },
    );
  });

  test('Every shell part is read by the shell, and commands hand the name on unchanged', () => {
    fc.assert(
      fc.property(strange, (plan) => {
        const recipe = renderRecipe(plan, [...recipeTargets]);
        for (const { file, content } of textsOf(recipe).filter((one) =>
          /\.sh$|\.cfg$|slotwise-bind$|hooks\/slotwise$/.test(one.file),
        )) {
          expect({ file, ...run('sh', ['-n'], content) }).toMatchObject({ file, status: 0, err: '' });
        }
        const [define] = artefactOf(recipe, 'libvirt').undo;
        const printed = run('sh', [], `virsh() { printf '%s\\000' "$@"; }\n${define ?? ''}\n`);
        expect(printed.err).toBe('');
        expect(printed.out.split('\0')).toEqual(['undefine', `--domain=${vmLabel(plan.vm.name).name}`, '--nvram', '']);
      }),
      { numRuns: 40 },
    );
  });

  test('A hostile command line leaves the GRUB drop-in what it would be without', () => {
    fc.assert(
      fc.property(strange, (plan) => {
        const content = artefactOf(renderRecipe(plan, ['grub']), 'grub').content;
        const sourced = run(
          'sh',
          [],
          `GRUB_CMDLINE_LINUX_DEFAULT='quiet'\n${content}\nprintf '%s' "$GRUB_CMDLINE_LINUX_DEFAULT"\n`,
        );
        expect(sourced).toMatchObject({ status: 0, out: 'quiet intel_iommu=on', err: '' });
      }),
      { numRuns: 40 },
    );
  });
});
