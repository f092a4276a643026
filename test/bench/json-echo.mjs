// What a peer over a pipe costs that only reads a line of JSON and answers one: the bare loop beside `remap run -`.
let rest = '';
let count = 0;
for await (const chunk of process.stdin.setEncoding('utf8')) {
  const lines = (rest + chunk).split('\n');
  rest = lines.pop() ?? '';
  let answers = '';
  for (const line of lines) answers += `${JSON.stringify({ step: ++count, ok: true, ...JSON.parse(line) })}\n`;
  process.stdout.write(answers);
}
