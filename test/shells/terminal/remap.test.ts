import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { commands } from '../../../main/shells/terminal/commands.ts';
import { WrongUse } from '../../../main/shells/terminal/outcome.ts';
import { remap } from '../../../main/shells/terminal/remap.ts';

const unit = '{"unit":{"vendor":"vtd","cap":"0x80d2008c222f0606","ecap":"0xf00f4a","memory":"0x8000000"}}';
const read = '{"memory":{"read":"0x1000","bytes":8}}';

const folder = mkdtempSync(join(tmpdir(), 'slotwise-remap-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Runs the command; `writes` are the pieces that it wrote. */
async function run(args: readonly string[], chunks: readonly (string | Buffer)[] = []) {
  const writes: string[] = [];
  let said = '';
  async function* input(): AsyncGenerator<string | Buffer> {
    for (const chunk of chunks) {
      yield chunk;
      await Promise.resolve();
    }
  }
  const folders = { pages: '', resources: '', desktop: '', engine: '' };
  const terminal = {
    out: (text: string) => void writes.push(text),
    err: (text: string) => void (said += text),
    folders,
    version: '0',
  };
  const code = await remap(args, terminal, input());
  const answers = writes
    .join('')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { step: number; ok: boolean; error?: string; value?: string });
  return { code, writes, said, answers };
}

function script(text: string): string {
  const path = join(folder, 'script.json');
  writeFileSync(path, text);
  return path;
}

describe('remap run -', () => {
  test('is in the list of commands, and is what the command loads', async () => {
    expect(await commands.remap.load()).toBe(remap);
  });

  test('answers each line in order, and ends with 0', async () => {
    const { code, answers } = await run(['run', '-'], [`${unit}\n${read}\n`]);
    expect(code).toBe(0);
    expect(answers).toEqual([
      { step: 1, ok: true },
      { step: 2, ok: true, value: '0x0' },
    ]);
  });

  test('answers a step as soon as its line is whole, and writes once for a chunk of many', async () => {
    const many = `${read}\n`.repeat(500);
    const { writes, answers } = await run(['run', '-'], [unit.slice(0, 9), `${unit.slice(9)}\n`, many]);
    expect(writes).toHaveLength(2);
    expect(answers.map(({ step }) => step)).toEqual(Array.from({ length: 501 }, (_, index) => index + 1));
  });

  test('a character cut in two by the pipe, carriage returns, blank lines and a last line without its end', async () => {
    const bytes = Buffer.from(`{"memory":"é"}\r\n\r\n  \n${read}`);
    const at = bytes.indexOf(0xc3) + 1;
    const { code, answers } = await run(['run', '-'], [`${unit}\r\n`, bytes.subarray(0, at), bytes.subarray(at)]);
    expect(answers.map(({ step, ok }) => [step, ok])).toEqual([
      [1, true],
      [2, false],
      [3, true],
    ]);
    expect(code).toBe(3);
  });

  test('a bad step is answered, the run goes on, and the exit code is 3', async () => {
    const { code, answers } = await run(['run', '-'], [`${unit}\nnonsense\n[]\n${read}\n`]);
    expect(answers.map(({ ok }) => ok)).toEqual([true, false, false, true]);
    expect(answers[1]?.error).toMatch(/JSON/);
    expect(code).toBe(3);
  });

  test('a line without end does not fill memory: it is one bad step', async () => {
    const piece = 'x'.repeat(400_000);
    const { code, answers } = await run(['run', '-'], [`${unit}\n`, piece, piece, piece, piece, `\n${read}\n`]);
    expect(answers).toHaveLength(3);
    expect(answers[1]).toMatchObject({ step: 2, ok: false });
    expect(answers[1]?.error).toMatch(/1048576/);
    expect(answers[2]?.ok).toBe(true);
    expect(code).toBe(3);
  });

  test('nothing at all is nothing to answer', async () => {
    expect(await run(['run', '-'])).toMatchObject({ code: 0, writes: [] });
  });
});

describe('remap run SCRIPT', () => {
  test('runs an array of steps, however many', async () => {
    const steps = Array.from({ length: 2500 }, () => JSON.parse(read) as unknown);
    const { code, answers } = await run(['run', script(JSON.stringify([JSON.parse(unit), ...steps], null, 2))]);
    expect(code).toBe(0);
    expect(answers.map(({ step }) => step)).toEqual(Array.from({ length: 2501 }, (_, index) => index + 1));
  });

  test('a bad step in a script: the others run, exit 3', async () => {
    const { code, answers } = await run(['run', script(`[${read},${unit},${read}]`)]);
    expect(answers.map(({ ok }) => ok)).toEqual([false, true, true]);
    expect(code).toBe(3);
  });

  for (const [what, text, said] of [
    ['no JSON', '[\n  {"unit" 1}\n]', /line 2, column 11/],
    ['a JSON that ends early', '[{"unit":', /ends too early/],
    ['no array', '{"unit":{}}', /expected a JSON array/],
  ] as const)
    test(`${what} ends with 3, says where, and prints nothing`, async () => {
      const done = await run(['run', script(text)]);
      expect(done.code).toBe(3);
      expect(done.writes).toEqual([]);
      expect(done.said).toMatch(said);
      expect(done.said.trimEnd()).not.toContain('\n');
    });

  test('a file that is not there, and a folder', async () => {
    expect(await run(['run', join(folder, 'none.json')])).toMatchObject({ code: 3, writes: [] });
    expect((await run(['run', folder])).said).toMatch(/folder/);
  });

  test('wrong use says what was expected', async () => {
    for (const args of [[], ['run'], ['walk', '-'], ['run', '-', 'more'], ['run', '--fast', '-']])
      await expect(run(args)).rejects.toBeInstanceOf(WrongUse);
  });
});

const built = resolve(import.meta.dirname, '../../../out/main/slotwise.cjs');

describe.skipIf(!existsSync(built))('the built program over a pipe (npm run build makes it)', () => {
  test('a peer may send all its steps before it reads the first answer', async () => {
    const steps = 60_000;
    const child = spawn(process.execPath, [built, 'remap', 'run', '-'], { stdio: ['pipe', 'pipe', 'inherit'] });
    const ended = new Promise<number | null>((done) => child.once('exit', done));
    child.stdout.pause();
    await new Promise((done) => child.stdin.end(`${unit}\n${`${read}\n`.repeat(steps)}`, done as () => void));
    let lines = 0;
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) for (const byte of chunk) if (byte === 10) lines++;
    expect(await ended).toBe(0);
    expect(lines).toBe(steps + 1);
  });
});
