import { StringDecoder } from 'node:string_decoder';
import type { RemapRunner } from '../../remapping/driver/runner.ts';

/** The longest step writes 64 KiB of memory, which is 180 kB of text. */
const longestLine = 2 ** 20;

/** Cuts chunks of input into lines, and runs each line as a step. */
export class StepLines {
  private readonly runner: RemapRunner;
  private readonly decoder = new StringDecoder('utf8');
  private rest = '';
  private overlong = false;

  constructor(runner: RemapRunner) {
    this.runner = runner;
  }

  /** The answers to the lines that this chunk completes, one a line. */
  take(chunk: Buffer | string): string {
    const text = typeof chunk === 'string' ? chunk : this.decoder.write(chunk);
    let answers = '';
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      answers += this.line(this.rest + text.slice(from, end));
      this.rest = '';
      from = end + 1;
    }
    this.rest += from === 0 ? text : text.slice(from);
    // What is too long for a step is not kept: input without line ends must not fill memory.
    if (this.rest.length > longestLine) {
      this.overlong = true;
      this.rest = '';
    }
    return answers;
  }

  /** Input has ended: a last line without a line end is a step too. */
  end(): string {
    const last = this.rest + this.decoder.end();
    this.rest = '';
    return this.line(last);
  }

  private line(line: string): string {
    const { overlong } = this;
    this.overlong = false;
    const answer =
      overlong || line.length > longestLine
        ? this.runner.refuse(`a line has at most ${longestLine} characters`)
        : this.runner.step(line);
    return answer === null ? '' : `${answer}\n`;
  }
}
