interface ImageFacts {
  readonly vendor: number;
  readonly device: number;
  readonly classCode: number;
  readonly codeType: number;
  readonly last?: boolean;
  /** further device ids */
  readonly list?: readonly number[];
}

/** An image of 1 KB as the PCI Firmware Specification draws it, an x86 one with its checksum. */
export function romImage({ vendor, device, classCode, codeType, last = false, list = [] }: ImageFacts): Uint8Array {
  const bytes = new Uint8Array(1024);
  const view = new DataView(bytes.buffer);
  const data = 0x20;
  view.setUint16(0, 0xaa55, true);
  view.setUint8(2, 2);
  view.setUint16(0x18, data, true);
  if (codeType === 3) {
    view.setUint32(0x04, 0x0ef1, true);
    view.setUint16(0x0a, 0x8664, true);
    view.setUint16(0x0c, 1, true);
  }
  bytes.set(new TextEncoder().encode('PCIR'), data);
  view.setUint16(data + 0x04, vendor, true);
  view.setUint16(data + 0x06, device, true);
  if (list.length > 0) {
    view.setUint16(data + 0x08, 0x40, true);
    list.forEach((id, at) => view.setUint16(data + 0x40 + 2 * at, id, true));
  }
  view.setUint16(data + 0x0a, 0x18, true);
  view.setUint8(data + 0x0c, 3);
  view.setUint8(data + 0x0d, classCode & 0xff);
  view.setUint16(data + 0x0e, classCode >>> 8, true);
  view.setUint16(data + 0x10, bytes.length / 512, true);
  view.setUint8(data + 0x14, codeType);
  view.setUint8(data + 0x15, last ? 0x80 : 0);
  if (codeType === 0) bytes[bytes.length - 1] = -bytes.reduce((sum, byte) => sum + byte, 0) & 0xff;
  return bytes;
}

/** Images and whatever else, one behind the other. */
export function romOf(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
