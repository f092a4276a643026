/**
 * What ACPICA's disassembly (`iasl -d`) of a DMAR or IVRS says, in the shape of our own decoding, so that the two can be
 * compared whole. The disassembler does not know every structure: those hold `opaque: true` and their head only.
 */
interface Field {
  readonly name: string;
  readonly value: string;
}
export type Opinion = Record<string, unknown>;

const fieldLine = /^\[[0-9A-F]{3,4}h \d+ +\d+\] +(.+?) : (.*)$/;
const number = (text: string | undefined): number => parseInt(text ?? '', 16);
const qword = (text: string | undefined): string => `0x${BigInt(`0x${text ?? '0'}`).toString(16)}`;

export function acpicaSays(dsl: string): Opinion {
  const lines = dsl.split('\n');
  const head: Field[] = [];
  const structures: { fields: Field[]; opaque: boolean }[] = [];
  for (const line of lines) {
    if (line.startsWith('****')) {
      const last = structures.at(-1);
      if (last) last.opaque = true;
    }
    const match = fieldLine.exec(line);
    if (match?.[1] === undefined) continue;
    const field = { name: match[1], value: (match[2] ?? '').replace(/ *\[.*$/, '').trim() };
    if (field.name === 'Subtable Type') structures.push({ fields: [field], opaque: false });
    else (structures.at(-1)?.fields ?? head).push(field);
  }
  const of = (name: string) => head.find((field) => field.name === name)?.value.replace(/"/g, '');
  const dmar = of('Signature') === 'DMAR';
  return {
    signature: of('Signature'),
    revision: number(of('Revision')),
    ...(dmar
      ? { hostAddressWidth: number(of('Host Address Width')) + 1, flagBits: number(of('Flags')) }
      : { virtualizationInfo: number(of('Virtualization Info')) }),
    structures: structures.map((each) => structure(each.fields, each.opaque, dmar)),
  };
}

function split(fields: readonly Field[], start: string): { own: Map<string, string>; parts: Field[][] } {
  const own = new Map<string, string>();
  const parts: Field[][] = [];
  for (const field of fields) {
    if (field.name === start) parts.push([field]);
    else if (parts.length > 0) parts.at(-1)?.push(field);
    else own.set(field.name, field.value);
  }
  return { own, parts };
}

function structure(fields: readonly Field[], opaque: boolean, dmar: boolean): Opinion {
  const { own, parts } = split(fields, dmar ? 'Device Scope Type' : 'Entry Type');
  const code = number(own.get('Subtable Type'));
  const common = { [dmar ? 'typeCode' : 'blockType']: code, length: number(own.get('Length')) };
  if (opaque) return { ...common, opaque: true };
  const told: Opinion = { ...common };
  const put = (key: string, name: string, read: (text: string | undefined) => unknown): void => {
    if (own.has(name)) told[key] = read(own.get(name));
  };
  if (own.has('Flags')) told['flagBits'] = number(own.get('Flags'));
  put('segment', dmar ? 'PCI Segment Number' : 'PCI Segment Group', number);
  put('registerBaseAddress', 'Register Base Address', qword);
  put('registerBaseAddress', dmar && code === 3 ? 'Base Address' : '-', qword);
  if (!(dmar && code === 3)) put('baseAddress', 'Base Address', qword);
  put('endAddress', 'End Address (limit)', qword);
  put('proximityDomain', 'Proximity Domain', number);
  put('deviceNumber', 'Device Number', number);
  put('deviceName', 'Device Name', (text) => text?.replace(/"/g, '').replaceAll('\\\\', '\\'));
  put('deviceId', 'DeviceId', number);
  put('capabilityOffset', 'Capability Offset', number);
  put('virtualizationInfo', 'Virtualization Info', number);
  put('featureReporting', 'Feature Reporting', number);
  put('attributes', 'Attributes', number);
  put('efrImage', 'EFR Image', qword);
  put('auxiliaryData', 'Auxiliary Data', number);
  put('startAddress', 'Start Address', qword);
  put('memoryLength', 'Memory Length', qword);
  if (dmar && [0, 1, 2].includes(code)) told['scope'] = parts.map(scope);
  if (!dmar && [0x10, 0x11].includes(code)) told['entries'] = parts.map(entry).filter((each) => each['type'] !== 0);
  return told;
}

function scope(part: readonly Field[]): Opinion {
  const value = (name: string) => part.find((field) => field.name === name)?.value;
  return {
    type: number(value('Device Scope Type')),
    enumerationId: number(value('Enumeration ID')),
    bus: number(value('PCI Bus Number')),
    path: part
      .filter((field) => field.name === 'PCI Path')
      .map(({ value: path }) => {
        const [device = '', fn = ''] = path.split(',');
        return `${device.toLowerCase()}.${parseInt(fn, 16).toString(16)}`;
      }),
  };
}

function entry(part: readonly Field[]): Opinion {
  const told: Opinion = {};
  for (const [key, name] of [
    ['type', 'Entry Type'],
    ['deviceId', 'Device ID'],
    ['dataSetting', 'Data Setting'],
    ['handle', 'Handle'],
    ['sourceDeviceId', 'Source Used Device ID'],
    ['variety', 'Variety'],
    ['extendedData', 'Extended Data'],
  ] as const) {
    const field = part.find((each) => each.name === name);
    if (field) told[key] = number(field.value);
  }
  return told;
}
