import { hostname, userInfo } from 'node:os';
import type { SecretName } from '../machine/redaction/text.ts';

/** Names of this host and of who runs us, which a reading of this host may hold anywhere. */
export function ownNames(): SecretName[] {
  const host = hostname();
  const names: SecretName[] = [host, host.split('.')[0] ?? host].map((name) => ({ kind: 'host', name }));
  try {
    return [...names, { kind: 'user', name: userInfo().username }];
  } catch {
    // A user without an entry in passwd has no name to hide (containers run as bare numbers).
    return names;
  }
}
