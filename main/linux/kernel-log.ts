import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

const recordLimit = 100_000;
const byteLimit = 16 << 20;

/**
 * The kernel's log as `dmesg` prints it (`[    5.140900] text`), from /dev/kmsg: one record a read, EAGAIN at its end
 * (Documentation/ABI/testing/dev-kmsg). Null where it is closed to us (kernel.dmesg_restrict) or not there.
 */
export async function readKernelLog(device = '/dev/kmsg'): Promise<string | null> {
  let handle;
  try {
    handle = await open(device, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return null;
  }
  const lines: string[] = [];
  // A record is at most 8 KiB (kernel/printk/internal.h PRINTK_MESSAGE_MAX); a shorter buffer would fail with EINVAL.
  const record = Buffer.alloc(8192);
  let total = 0;
  try {
    for (let count = 0; count < recordLimit && total < byteLimit; count++) {
      const { bytesRead } = await handle.read(record, 0, record.length, null);
      if (bytesRead === 0) break;
      total += bytesRead;
      lines.push(...linesOfRecord(record.toString('utf8', 0, bytesRead)));
    }
  } catch (thrown) {
    const errno = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
    // EPIPE: records were overwritten while we read; what we have is still true. Nothing at all: we may not read.
    if (errno !== 'EAGAIN' && lines.length === 0) return null;
  } finally {
    await handle.close();
  }
  return lines.length === 0 ? null : `${lines.join('\n')}\n`;
}

/** `6,339,5140900,-;text` and, on lines that begin with a blank, properties of the device that it is about. */
export function linesOfRecord(record: string): string[] {
  const match = /^\d+,\d+,(\d+),[^;]*;(.*)/.exec(record);
  if (!match) return [];
  const microseconds = Number(match[1]);
  const seconds = Math.floor(microseconds / 1_000_000).toString();
  const fraction = (microseconds % 1_000_000).toString().padStart(6, '0');
  // Unprintable bytes stand as \x1b and the like.
  const text = (match[2] ?? '').replace(/\\x([0-9a-f]{2})/g, (_, digits: string) =>
    digits === '0a' ? ' ' : String.fromCharCode(parseInt(digits, 16)),
  );
  return [`[${seconds.padStart(5)}.${fraction}] ${text}`];
}
