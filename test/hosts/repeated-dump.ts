/**
 * A dump several times over, each time in a PCI domain of its own, as a server with several host bridges has them: every
 * address, and every group with another number.
 */
export function repeatedDump(dump: string, times: number): string {
  const groups = Math.max(...Array.from(dump.matchAll(/\bIOMMU group:? (\d+)/g), ([, group]) => Number(group))) + 1;
  return Array.from({ length: times }, (_, domain) =>
    dump
      .replace(
        /^(?:[0-9a-f]{4}:)?([0-9a-f]{2}:[0-9a-f]{2}\.[0-7] )/gm,
        (_all, address: string) => `${domain.toString(16).padStart(4, '0')}:${address}`,
      )
      .replace(
        /\b(IOMMU group:?) (\d+)/g,
        (_all, words: string, group: string) => `${words} ${Number(group) + domain * groups}`,
      ),
  ).join('\n');
}
