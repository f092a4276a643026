import { resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { sectionNames, sections } from '../../../main/machine/windows/fields.ts';
import { windowsCollectorScript } from '../../../main/windows/collector.ts';
import { device, inventory } from '../../hosts/windows-inventory.ts';
import { tokens, type Token } from './powershell.ts';

// The script has not been run: there is no PowerShell here. What can be told without one is told.
let script = '';
let found: Token[] = [];
beforeAll(async () => {
  script = await windowsCollectorScript(resolve(import.meta.dirname, '../../../resources'));
  const all = tokens(script);
  if (!Array.isArray(all)) throw new Error(`line ${all.line} is no PowerShell that the test knows`);
  found = all;
});

/** `Verb-Noun` words that are called: neither after a dot nor a function's own name. */
const commandsIn = (): Set<string> =>
  new Set(
    found.filter(({ kind, text }) => kind === 'word' && /^[A-Z][a-z]+-[A-Z]\w+$/.test(text)).map(({ text }) => text),
  );

const ownFunctions = (): Set<string> =>
  new Set(Array.from(script.matchAll(/^function ([A-Z][\w-]+)/gm), (match) => match[1] ?? ''));

describe('the collector for Windows', () => {
  test('is ASCII, in lines that a person reads', () => {
    // eslint-disable-next-line no-control-regex -- the bytes are what is asked for
    expect(script).toMatch(/^[\x09\x0a\x20-\x7e]+$/);
    expect(Math.max(...script.split('\n').map((line) => line.length))).toBeLessThan(160);
    expect(script).not.toContain('#SECTIONS#');
  });

  test('closes what it opens', () => {
    const closers: Readonly<Record<string, string>> = { '(': ')', '{': '}', '[': ']' };
    const open: Token[] = [];
    for (const token of found.filter(({ kind }) => kind === 'bracket')) {
      const last = token.text.slice(-1);
      if (last in closers) open.push(token);
      else {
        const opener = open.pop();
        expect(closers[opener?.text.slice(-1) ?? ''], `line ${token.line} closes line ${opener?.line}`).toBe(last);
      }
    }
    expect(open).toEqual([]);
  });

  test('the test itself finds what is not closed', () => {
    expect(tokens("'open")).toEqual({ line: 1 });
    expect(tokens('a\n"open')).toEqual({ line: 2 });
    expect(tokens("@'\nopen")).toMatchObject({ line: 1 });
    expect(tokens("'it''s' # {\n<# ( #> $a")).toMatchObject([{ kind: 'string' }, { kind: 'variable' }]);
  });

  test('calls nothing but cmdlets that read and come with Windows, and its own functions', () => {
    const reading = [
      ...['Get-CimInstance', 'Get-PnpDevice', 'Get-PnpDeviceProperty', 'Get-Partition', 'Get-Volume'],
      ...['Get-NetAdapter', 'Get-NetIPAddress', 'Get-NetRoute', 'Confirm-SecureBootUEFI'],
      ...['ConvertTo-Json', 'ForEach-Object', 'Where-Object', 'New-Object', 'Add-Type', 'Remove-TypeData'],
    ];
    const own = ownFunctions();
    expect([...commandsIn()].filter((name) => !own.has(name) && !reading.includes(name))).toEqual([]);
    // Each of its own is called as well.
    for (const name of own) expect(script.split(name).length, name).toBeGreaterThan(2);
  });

  test('every variable that it reads was set in it, or is PowerShell’s own', () => {
    const given = [
      '_',
      'null',
      'true',
      'false',
      'script',
      'ErrorActionPreference',
      'ProgressPreference',
      'PSVersionTable',
      'ExecutionContext',
    ];
    const set = new Set([
      ...Array.from(script.matchAll(/\$(\w+)\s*=[^=]/g), (match) => match[1] ?? ''),
      ...Array.from(script.matchAll(/foreach \(\$(\w+)/g), (match) => match[1] ?? ''),
      ...Array.from(script.matchAll(/(?:function [\w-]+|param)\s?\(([^)]*)\)/g), (match) => match[1] ?? '').flatMap(
        (list) => Array.from(list.matchAll(/\$(\w+)/g), (match) => match[1] ?? ''),
      ),
      ...given,
    ]);
    const used = found
      .filter(({ kind }) => kind === 'variable')
      .map(({ text }) => text.slice(1).replace(/^script:/, ''));
    expect([...new Set(used)].filter((name) => !set.has(name))).toEqual([]);
  });

  test('writes the very sections and fields that are read', () => {
    const body = script.slice(script.indexOf('$sections = '));
    const written = Array.from(body.matchAll(/^ {2}(\w+) = Read-Section '(\w+)' \{$/gm), (match) => match.slice(1));
    expect(written).toEqual(sectionNames.map((name) => [name, name]));
    for (const name of sectionNames) {
      const part = body.slice(body.indexOf(`Read-Section '${name}'`)).split('\n  }\n')[0] ?? '';
      const fields = Array.from(part.matchAll(/^ {6}(\w+) = Get-/gm), (match) => match[1]);
      expect(fields, name).toEqual(Object.keys(sections[name].fields));
    }
  });

  test('the machine that tests are made of has the same fields', () => {
    expect(Object.keys(inventory().sections).sort()).toEqual([...sectionNames].sort());
    const [row] = [device({ at: [0, 0, 0], ids: 'VEN_8086&DEV_0001', class: [6, 0, 0] })];
    expect(Object.keys(row).sort()).toEqual(Object.keys(sections.devices.fields).sort());
  });

  test('asks for no serial number, hardware address or name of the computer', () => {
    expect(script).not.toMatch(
      /\$_\.(?:SerialNumber|MacAddress|LinkLayerAddress|Name\b(?!\)))|UUID|COMPUTERNAME|USERNAME/i,
    );
  });
});
