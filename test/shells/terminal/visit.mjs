// Starts the program with the words behind this file's name, follows the URL that it prints as a browser would, and tells
// as JSON what was printed and which machine was shown. A process of its own, so that a test can put both the program and
// its visitor into a network namespace.
import { spawn } from 'node:child_process';

const child = spawn(process.execPath, process.argv.slice(2), { stdio: ['ignore', 'pipe', 'inherit'] });
let printed = '';
const url = await new Promise((resolve, reject) => {
  child.stdout.on('data', (chunk) => {
    printed += chunk;
    const found = /http:\/\/\S+/.exec(printed)?.[0];
    if (found !== undefined && printed.endsWith('\n')) resolve(found);
  });
  child.once('exit', (code) => reject(new Error(`ended with ${code} before it served: ${printed}`)));
});
const entered = await fetch(url, { redirect: 'manual' });
const cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? '';
const page = await fetch(new URL('/', url), { headers: { cookie } });
const asked = await fetch(new URL('/api/machine.get', url), {
  method: 'POST',
  headers: { cookie, 'content-type': 'application/json' },
  body: '{}',
});
const { value } = await asked.json();
child.kill('SIGTERM');
const code = await new Promise((resolve) => child.once('exit', resolve));
console.log(JSON.stringify({ printed, page: await page.text(), machine: value, code }));
