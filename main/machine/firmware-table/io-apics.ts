const firstEntry = 44;
const ioApic = 1;
/** More than any board has; a forged table could list thousands. */
const most = 256;

/** Ids of the IOAPICs in a MADT (ACPI 6.5, 5.2.12.3); null where the bytes are none. */
export function ioApicsOf(bytes: Uint8Array): number[] | null {
  if (String.fromCharCode(...bytes.subarray(0, 4)) !== 'APIC') return null;
  const ids: number[] = [];
  for (let at = firstEntry; at + 2 <= bytes.length && ids.length < most;) {
    const length = bytes[at + 1] ?? 0;
    if (length < 2) break;
    const id = bytes[at + 2];
    if (bytes[at] === ioApic && id !== undefined && at + length <= bytes.length) ids.push(id);
    at += length;
  }
  return ids;
}
