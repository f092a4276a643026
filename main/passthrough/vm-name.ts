/** libvirt's domain, snapshot and log files are named after the VM, and a file name ends at 255 bytes (NAME_MAX). */
const longest = 200;

/**
 * Why this text cannot name a VM; null when it can. Any letters, quotes and signs are fine. libvirt refuses a slash, a
 * name of blanks and a line feed (src/conf/domain_conf.c, virDomainDefPostParse…: virXMLCheckIllegalChars with "\n" and
 * "/"); XML 1.0 has no way to write other control characters or half a surrogate pair (section 2.2, Char).
 */
export function vmNameTrouble(name: string): 'empty' | 'slash' | 'control-character' | 'dots' | 'too-long' | null {
  if (name.trim() === '') return 'empty';
  if (name.includes('/')) return 'slash';
  if (/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/u.test(name)) return 'control-character';
  if (/^\.+$/.test(name)) return 'dots';
  return name.length > longest ? 'too-long' : null;
}
