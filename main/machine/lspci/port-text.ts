import type { Fact } from '../fact.ts';
import type { PciFunction } from '../pci-function.ts';

type Value<K extends keyof PciFunction> = PciFunction[K] extends Fact<infer T> ? NonNullable<T> : never;
type State = Value<'power'>['states'][number];

/** Each null: the capability is named and its registers are not shown, as with a single -v. Wording: pciutils ls-caps.c and ls-ecaps.c. */
export function readPower(text: string): Value<'power'> | null {
  const flags =
    /Flags: PMEClk[+-] DSI[+-] D1([+-]) D2([+-]) .{0,30}?PME\(D0[+-],D1[+-],D2[+-],D3hot[+-],D3cold([+-])\)/.exec(text);
  const status = /Status: (D0|D1|D2|D3) NoSoftRst([+-])/.exec(text);
  if (!flags || !status) return null;
  const states: State[] = ['D0'];
  if (flags[1] === '+') states.push('D1');
  if (flags[2] === '+') states.push('D2');
  states.push('D3hot');
  return {
    states,
    current: status[1] === 'D3' ? 'D3hot' : ((status[1] as State | undefined) ?? null),
    noSoftReset: status[2] === '+',
    wakesFromD3cold: flags[3] === '+',
  };
}

/** `SltCap: … PwrCtrl- … HotPlug+ Surprise+ Slot #4, PowerLimit 75W`, `SltSta: … PresDet+`; `none` where the port says that it has no slot. */
export function readSlot(text: string): Value<'slot'> | 'none' | null {
  if (text.includes('(Slot-)')) return 'none';
  const power = /SltCap: .{0,20}?PwrCtrl([+-])/.exec(text);
  const flags = /HotPlug([+-]) Surprise([+-]) Slot #(\d{1,5})\b/.exec(text);
  if (!power || !flags) return null;
  const status = text.indexOf('SltSta: ');
  const present = status < 0 ? undefined : /PresDet([+-])/.exec(text.slice(status, status + 160))?.[1];
  return {
    number: Number(flags[3]),
    hotPlug: flags[1] === '+',
    surprise: flags[2] === '+',
    powerController: power[1] === '+',
    occupied: present === undefined ? null : present === '+',
  };
}

/** `ARIFwd+` behind `DevCap2:` and behind `DevCtl2:`, on ports only. */
export function readAriForwarding(text: string): Value<'ariForwarding'> | null {
  const capability = between(text, 'DevCap2: ', 'DevCtl2: ');
  const control = text.slice(Math.max(text.indexOf('DevCtl2: '), 0));
  const capable = /ARIFwd([+-])/.exec(capability)?.[1];
  if (capable === undefined) return null;
  return { capable: capable === '+', enabled: /ARIFwd\+/.test(control.slice(0, 200)) };
}

export function readPri(text: string): Value<'pri'> | null {
  const enabled = /PRICtl: Enable([+-])/.exec(text)?.[1];
  return enabled === undefined ? null : { enabled: enabled === '+' };
}

export function readPasid(text: string): Value<'pasid'> | null {
  const enabled = /PASIDCtl: Enable([+-])/.exec(text)?.[1];
  const capability = /PASIDCap: Exec([+-]) Priv([+-])(?:, Max PASID Width: ([0-9a-f]{1,2})\b)?/.exec(text);
  if (enabled === undefined || !capability) return null;
  return {
    enabled: enabled === '+',
    // lspci prints it in hexadecimal (ls-ecaps.c cap_pasid, "%02x").
    width: capability[3] === undefined ? null : parseInt(capability[3], 16),
    execute: capability[1] === '+',
    privileged: capability[2] === '+',
  };
}

export function readAri(text: string): Value<'ari'> | null {
  const next = /ARICap: .{0,30}?Next Function: (\d{1,3})\b/.exec(text)?.[1];
  return next === undefined ? null : { nextFunction: Number(next) };
}

export const isThunderboltMark = (text: string): boolean => /Vendor Specific Information: ID=1234 Rev=/.test(text);

function between(text: string, from: string, to: string): string {
  const start = text.indexOf(from);
  if (start < 0) return '';
  const end = text.indexOf(to, start);
  return text.slice(start, end < 0 ? text.length : end);
}
