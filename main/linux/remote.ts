import { execFile, type ExecFileException } from 'node:child_process';
import { Readable } from 'node:stream';
import type { SourceContent } from '../assistant/needs.ts';
import type { MachineSource } from '../machine/machine.ts';
import { sourceProblem, type SourceProblem } from '../machine/source-problem.ts';
import { archiveLimits } from './archive-limits.ts';
import { readArchiveStream } from './archive.ts';
import { collectorScript } from './collector.ts';
import { filesOr } from './source.ts';
import { readSshTarget, sshArguments } from './ssh-target.ts';

/** A server of 500 functions takes 20 seconds; a host that hangs must not hold us for ever. */
const patience = 180_000;

/** ssh's own failures end with 255, everything else is the far end's (ssh(1), EXIT STATUS). */
const sshFailed = 255;

/**
 * Looks at another host: runs the collector there, over the user's own ssh, and reads its archive from the pipe. The
 * far end is not trusted: the archive has the same limits as one from a file, and what ssh says becomes one line.
 */
export async function openRemote(
  source: string,
  resources: string,
  now: string,
): Promise<SourceContent | SourceProblem> {
  const target = readSshTarget(source);
  if (!target) return sourceProblem('source-not-understood', source, 'expected ssh://[user@]host[:port]');
  const ran = await runOver(sshArguments(target), await collectorScript(resources));
  if ('error' in ran) return problemOf(ran.error, ran.said, source);

  const gzipped = ran.bytes[0] === 0x1f && ran.bytes[1] === 0x8b;
  if (ran.bytes.length === 0) return sourceProblem('collector-failed', source, lastLine(ran.said) || 'no answer');
  const packed = ran.bytes.length;
  const tree = await readArchiveStream(Readable.from(chunks(ran.bytes)), () => packed, source, gzipped);
  const from: MachineSource = {
    kind: 'archive',
    // Not the host's name: what is shown and saved of a machine never has it.
    name: 'another computer, over SSH',
    readAt: now,
    collectedAt: null,
    origin: null,
    partlyStaged: false,
  };
  return filesOr(tree, from);
}

function* chunks(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 256 << 10) yield bytes.subarray(at, at + (256 << 10));
}

type Ran = { bytes: Buffer; said: string } | { error: ExecFileException; said: string };

/** No shell is between us and ssh: the arguments are its own. */
function runOver(args: readonly string[], script: string): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(
      'ssh',
      args,
      { encoding: 'buffer', maxBuffer: archiveLimits.packed, timeout: patience, windowsHide: true },
      (error, out, err) => {
        const said = err.toString('utf8');
        resolve(error ? { error, said } : { bytes: out, said });
      },
    );
    // An ssh that ends before it has read the script closes the pipe; its exit code tells the reason.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(script);
  });
}

function problemOf(error: ExecFileException, said: string, source: string): SourceProblem {
  if (error.code === 'ENOENT') return sourceProblem('ssh-missing', source, 'not found in PATH');
  if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') {
    return sourceProblem('source-too-large', source, `more than ${archiveLimits.packed >> 20} MiB came`);
  }
  if (error.killed === true) return sourceProblem('ssh-refused', source, `no end after ${patience / 1000} s`);
  const code = error.code === sshFailed ? 'ssh-refused' : 'collector-failed';
  return sourceProblem(code, source, lastLine(said) || `exit code ${error.code ?? error.signal ?? 'unknown'}`);
}

/** The reason stands at the end, after banners and warnings. */
const lastLine = (said: string): string => said.trim().split('\n').at(-1)?.trim().slice(0, 200) ?? '';
