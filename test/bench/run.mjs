// `npm run bench [-- PREFIX]`: one JSON line a figure, of those whose name begins with PREFIX.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { benchGroups } from './groups.mjs';
import { benchMachine } from './machine.mjs';
import { benchRemapping } from './remapping.mjs';

const corpus = resolve(import.meta.dirname, '../..', process.env.SLOTWISE_CORPUS ?? '../shared/corpus', 'lspci');
const [wanted = ''] = process.argv.slice(2);
const asked = (part) => part.startsWith(wanted) || wanted.startsWith(`${part}.`);

const dumps = {
  'most-functions': join(corpus, 'asus-z9pe-d16-dual-xeon-e5v2-170dev.txt'),
  longest: join(corpus, 'x-mikhail99-paperantxgradio-nvidia-bug-report-log-gz.txt'),
};

if (asked('machine') || asked('groups')) {
  if (!existsSync(corpus)) console.error('the corpus is absent: set SLOTWISE_CORPUS');
  else {
    if (asked('machine')) await benchMachine(wanted, dumps);
    if (asked('groups')) await benchGroups(wanted, dumps['most-functions']);
  }
}
if (asked('remapping') && wanted !== 'remapping.pipe') await benchRemapping(wanted);
if (asked('remapping.pipe')) await import('./remap-pipe.mjs');
