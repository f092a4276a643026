import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

/** The newest QEMU: `SLOTWISE_QEMU`, else where the lab's setup puts it. It must have the qtest accelerator. */
export const qemuProgram =
  process.env['SLOTWISE_QEMU'] ?? join(process.env['QLAB'] ?? join(homedir(), '.cache/qemu-lab'), 'qemu-newest');

/** `11.1.3`, or null where there is no such QEMU. */
export function qemuVersion(): string | null {
  if (!existsSync(qemuProgram)) return null;
  const { stdout } = spawnSync(qemuProgram, ['--version'], { encoding: 'utf8' });
  return /version (\d+\.\d+\.\d+)/.exec(stdout)?.[1] ?? null;
}

/** Delivered interrupts and what asked for them, one line each; the log is flushed before the protocol answers. */
const traced = ['vtd_ir_remap_msi_req', 'apic_deliver_irq'];

/** One QEMU without a running processor, driven by its qtest protocol: a line a command, a line an answer. */
export class Qemu {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly folder = mkdtempSync(join(tmpdir(), 'slotwise-qtest-'));
  private readonly log = join(this.folder, 'trace');
  private text = '';
  private answers: string[] = [];
  private expected = 0;
  private done: ((answers: string[]) => void) | null = null;
  private failed: ((error: Error) => void) | null = null;
  /** why it is gone, if it is */
  private ended: Error | null = null;
  errors = '';
  private readonly stopper = (): void => void this.child.kill('SIGKILL');

  constructor(args: readonly string[]) {
    const fixed = ['-accel', 'qtest', '-qtest', 'stdio', '-qtest-log', '/dev/null', '-display', 'none'];
    const bare = ['-nodefaults', '-no-user-config', '-machine', 'q35,hpet=off,vmport=off,smbus=off,sata=off'];
    const traces = [...traced.flatMap((name) => ['-trace', name]), '-D', this.log];
    this.child = spawn(qemuProgram, [...fixed, ...bare, ...traces, ...args]);
    this.child.stdout.setEncoding('latin1');
    this.child.stdout.on('data', (chunk: string) => this.take(chunk));
    this.child.stderr.on('data', (chunk: Buffer) => (this.errors += chunk.toString()));
    this.child.stdin.on('error', () => undefined);
    this.child.once('exit', (code, signal) => {
      this.ended = new Error(`QEMU ended with ${signal ?? code}: ${this.errors.slice(-500)}`);
      this.failed?.(this.ended);
    });
    process.once('exit', this.stopper);
  }

  private take(chunk: string): void {
    const lines = (this.text + chunk).split('\n');
    this.text = lines.pop() ?? '';
    for (const line of lines) if (line.startsWith('OK') || line.startsWith('FAIL')) this.answers.push(line);
    if (this.answers.length < this.expected || this.done === null) return;
    const bad = this.answers.findIndex((line) => !line.startsWith('OK'));
    const { done, failed } = this;
    this.done = null;
    this.failed = null;
    if (bad >= 0) failed?.(new Error(`qtest: ${this.answers[bad]} for command ${bad}`));
    else done(this.answers.map((line) => line.slice(3)));
  }

  /** The answers of all commands, in order, without their `OK`. */
  run(commands: readonly string[]): Promise<string[]> {
    if (this.ended !== null) return Promise.reject(this.ended);
    this.answers = [];
    this.expected = commands.length;
    return new Promise((resolve, reject) => {
      // A QEMU that stops answering is named as such, and not by the time of the whole test.
      const limit = setTimeout(
        () => reject(new Error(`QEMU answered ${this.answers.length} of ${commands.length}`)),
        60_000,
      );
      this.done = (answers) => {
        clearTimeout(limit);
        resolve(answers);
      };
      this.failed = (error) => {
        clearTimeout(limit);
        reject(error);
      };
      this.child.stdin.write(`${commands.join('\n')}\n`);
    });
  }

  /** What was traced since the last call. */
  takeTrace(): string {
    if (!existsSync(this.log)) return '';
    const text = readFileSync(this.log, 'latin1');
    if (text !== '') truncateSync(this.log);
    return text;
  }

  async stop(): Promise<void> {
    process.removeListener('exit', this.stopper);
    this.failed = null;
    // One that has ended by itself says so only once: waiting for it again would wait for ever.
    if (this.ended === null) {
      const gone = new Promise((resolve) => this.child.once('exit', resolve));
      this.child.kill('SIGKILL');
      await gone;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
