import { expect, test } from 'vitest';
import { sourceArgument } from '../../../main/shells/desktop/launch.ts';

const here = '/home/ada/reports';

test.each([
  ['nothing', ['slotwise', '--enable-features=X', '/opt/Slotwise'], null],
  ['a named source', ['slotwise', '--machine=/tmp/box.tar.gz'], '/tmp/box.tar.gz'],
  ['a sample', ['slotwise', '--machine=sample:intel-desktop'], 'sample:intel-desktop'],
  ['a path from the folder of whoever typed it', ['slotwise', '--machine=box.tar.gz'], `${here}/box.tar.gz`],
  ['a report that a file manager opens', ['slotwise', '/srv/friend.slotwise.json'], '/srv/friend.slotwise.json'],
  ['a report in the folder', ['slotwise', '--flag', 'friend.slotwise.json'], `${here}/friend.slotwise.json`],
  ['the program itself, whatever it is called', ['/opt/x.slotwise.json'], null],
  ['a switch that ends like a report', ['slotwise', '--log=friend.slotwise.json'], null],
])('A command line with %s', (_title, argv, source) => {
  expect(sourceArgument(argv, here)).toBe(source);
});
