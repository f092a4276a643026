import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sectionNames, sections, type Field, type FieldKind } from '../machine/windows/fields.ts';
import { inventoryFormat, inventoryVersion } from '../machine/windows/inventory.ts';

/** The functions of the script that make a value of each kind, or null where there is none. */
const makers = {
  text: 'Get-Text',
  number: 'Get-Number',
  flag: 'Get-Flag',
  texts: 'Get-Texts',
  numbers: 'Get-Numbers',
} as const satisfies Record<FieldKind, string>;

const fieldLine = ([name, { kind, from }]: [string, Field]): string => `      ${name} = ${makers[kind]} (${from})`;

/** One section: `each` lists the objects, and each becomes one with our fields. */
function sectionLines(name: (typeof sectionNames)[number]): string[] {
  const { each, fields } = sections[name];
  return [
    `  ${name} = Read-Section '${name}' {`,
    `    ${each} | ForEach-Object { [pscustomobject] @{`,
    ...Object.entries<Field>(fields).map(fieldLine),
    '    } }',
    '  }',
  ];
}

/** The table of machine/windows/fields.ts in PowerShell's words. */
const inventory = (): string =>
  [
    `$format = '${inventoryFormat}'`,
    `$version = ${inventoryVersion}`,
    '$sections = [ordered]@{',
    ...sectionNames.flatMap(sectionLines),
    '}',
  ].join('\n');

/** The collector for Windows as it is printed: the script in `resources`, with what is read there as its sections. */
export async function windowsCollectorScript(resources: string): Promise<string> {
  const script = await readFile(join(resources, 'collector', 'collect.ps1'), 'utf8');
  return script.replace('#SECTIONS#', inventory);
}
