/**
 * FNV-1a, 32 bits (draft-eastlake-fnv): short and stable, and no secret. Two texts may collide; whoever uses it compares
 * what it stands for as well.
 */
export function fingerprint(text: string): string {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    value ^= text.charCodeAt(at);
    value = Math.imul(value, 0x01000193);
  }
  return (value >>> 0).toString(16).padStart(8, '0');
}
