/** A test that holds a row: the file, and how its title begins. */
export interface Holder {
  readonly file: string;
  readonly title: string;
}

export type Row =
  | { readonly asks: string; readonly held: readonly [Holder, ...Holder[]] }
  /** what nothing holds yet, and why */
  | { readonly asks: string; readonly open: string };

const page = 'test/security/page.spec.ts';
const window = 'test/shells/desktop/window.spec.ts';
const packaged = 'test/packaging/package.spec.ts';
const gate = 'test/shells/served/gate.test.ts';

/**
 * The security checklist: Electron's (electronjs.org, docs/latest/tutorial/security, 1 to 20) and our own (N: what the
 * program does with data and network, Q: what keeps it up). A title begins with its row's number where a test was made for
 * the row.
 */
export const checklist: Readonly<Record<string, Row>> = {
  1: {
    asks: 'only own content is loaded',
    held: [{ file: page, title: '1 On a tour of every place' }],
  },
  2: {
    asks: 'no Node in the page, in its frames and workers',
    held: [{ file: page, title: '2 The page has nothing of Node' }],
  },
  3: {
    asks: 'the bridge’s world is not the page’s',
    held: [{ file: window, title: '3 What the page does to its own world' }],
  },
  4: {
    asks: 'every renderer is sandboxed',
    held: [
      { file: window, title: '4 The renderer runs in Chromium’s sandbox' },
      { file: packaged, title: '4 Its page runs in Chromium’s sandbox' },
      { file: 'test/packaging/config.test.ts', title: '4 Nothing in the package starts' },
    ],
  },
  5: {
    asks: 'permissions are refused by default',
    held: [{ file: window, title: '5 Every permission is refused but copying' }],
  },
  6: {
    asks: 'other origins stay out of reach',
    held: [{ file: page, title: '6 Another origin' }],
  },
  7: {
    asks: 'the content security policy comes by header and holds',
    held: [{ file: page, title: '7 The policy comes by header' }],
  },
  '8-10': {
    asks: 'no insecure content, experimental or Blink features',
    held: [{ file: window, title: '8-10 The window’s preferences' }],
  },
  '11-12': {
    asks: 'no webview',
    held: [{ file: window, title: '11-12 A webview comes to nothing' }],
  },
  13: {
    asks: 'navigation stays on our origin',
    held: [
      { file: page, title: '13 A script for an address and a file that falls' },
      { file: window, title: '13 No address, link, frame or refresh' },
      { file: 'test/shells/desktop/scheme.test.ts', title: '13 An address is ours' },
    ],
  },
  14: {
    asks: 'no second window',
    held: [{ file: window, title: '14 No second window opens' }],
  },
  15: {
    asks: 'nothing is opened outside the program',
    held: [{ file: 'test/security/checklist.test.ts', title: '15 No link leads outside' }],
  },
  16: {
    asks: 'a current Electron ships',
    held: [{ file: 'test/security/supply.test.ts', title: '16 The Electron that ships' }],
  },
  17: {
    asks: 'every sender of a message is checked',
    held: [
      { file: 'test/shells/desktop/sender.test.ts', title: '17 %s may not' },
      { file: window, title: '17 A strange window' },
      { file: window, title: '17 A frame inside the page' },
    ],
  },
  18: {
    asks: 'an own scheme that no spelling of a path leaves',
    held: [
      { file: 'test/shells/desktop/scheme.test.ts', title: '18 The page at an address' },
      { file: window, title: '18 The page’s scheme is ours' },
    ],
  },
  19: {
    asks: 'fuses',
    held: [
      { file: 'test/packaging/config.test.ts', title: '19 Every fuse that Electron has' },
      { file: packaged, title: '19 The binary’s fuses' },
      { file: packaged, title: '19 It is no Node' },
    ],
  },
  20: {
    asks: 'the bridge has verbs and shows no IPC',
    held: [{ file: window, title: '20 The bridge is these verbs' }],
  },
  N1: {
    asks: 'no network request, ever',
    held: [
      { file: 'test/security/network.test.ts', title: 'N1 Served without a network' },
      { file: 'test/packaging/alone.spec.ts', title: 'N1 The window works without a network' },
      { file: 'test/packaging/config.test.ts', title: 'N1 The package asks nobody' },
    ],
  },
  N2: {
    asks: 'whatever is sent, the answer is data with a code',
    held: [
      { file: page, title: 'N2 Whatever is sent' },
      { file: 'test/contract/contract.test.ts', title: 'every endpoint answers with its shape' },
    ],
  },
  N3: {
    asks: 'text of a machine is only ever text',
    held: [{ file: 'test/stories/hostile-names.spec.ts', title: 'N3 Names that carry markup' }],
  },
  N4: {
    asks: 'no name leaves its quotes in a written file',
    held: [
      { file: 'test/domain/recipes/hostile-names.test.ts', title: 'The XML is well-formed' },
      { file: 'test/domain/recipes/hostile-names.test.ts', title: 'Every shell part is read by the shell' },
    ],
  },
  N5: {
    asks: 'archives and files are bounded, and stay inside their folder',
    held: [
      { file: 'test/domain/linux/archive.test.ts', title: 'paths that climb out, devices and pipes' },
      { file: 'test/domain/linux/archive.test.ts', title: 'a bomb of zeros' },
      { file: 'test/shells/terminal/hostile-input.test.ts', title: 'a bomb: 100 MB of zeros' },
      { file: page, title: '13 A script for an address and a file that falls' },
    ],
  },
  N6: {
    asks: 'nothing runs as root that need not',
    held: [
      { file: 'test/shells/desktop/root.spec.ts', title: 'N6 As root no window opens' },
      { file: 'test/shells/terminal/start.test.ts', title: 'N6 as root, even with a display' },
      { file: 'test/house/bans.test.ts', title: 'No program is started' },
    ],
  },
  N7: {
    asks: 'served on loopback, by token, to its own page only',
    held: [
      { file: gate, title: 'it listens on loopback only' },
      { file: gate, title: 'a link works once' },
      { file: gate, title: 'no preflight is answered' },
      { file: gate, title: 'a body that is no JSON is refused' },
    ],
  },
  N8: {
    asks: 'the token leaves no trace',
    held: [
      { file: 'test/security/token.spec.ts', title: 'N8 The link’s token and the session' },
      { file: window, title: 'N8 No switch of the program’s processes' },
    ],
  },
  N9: {
    asks: 'a report names neither its owner nor what identifies the machine',
    open: 'no report is written yet; what an archive says of its owner is dropped when it is read (archive.test.ts)',
  },
  N10: {
    asks: 'what was kept survives being killed',
    held: [
      { file: 'test/security/killed.test.ts', title: 'N10 Killed while it replaces a plan' },
      { file: 'test/security/killed.test.ts', title: 'N10 Killed while it keeps the journey' },
      { file: 'test/security/killed.test.ts', title: 'N10 What was kept and cannot be read' },
    ],
  },
  Q1: {
    asks: 'one instance; a second start hands its report over',
    held: [{ file: 'test/shells/desktop/instance.spec.ts', title: 'Q1 A second start with a report' }],
  },
  Q2: {
    asks: 'no flash before the first paint',
    held: [{ file: window, title: 'Q2 The window has the page’s colour' }],
  },
  Q3: {
    asks: 'the main process never blocks',
    open: 'a time, so it is measured and not tested (npm run bench -- machine)',
  },
  Q4: {
    asks: 'nothing is left behind by what was closed',
    held: [
      { file: 'test/shells/desktop/streams.spec.ts', title: 'Q4 A page that goes takes its streams along' },
      { file: 'test/shells/desktop/streams.spec.ts', title: 'Q4 Opening and closing streams' },
      { file: gate, title: 'a reader that goes away ends its stream' },
    ],
  },
  Q5: {
    asks: 'a crashed page, a lost server and an ended engine are survived',
    held: [
      { file: 'test/stories/connection.spec.ts', title: 'Q5 The server is killed' },
      { file: 'test/stories/connection.spec.ts', title: 'Q5 The page of the window crashes' },
      { file: 'test/domain/linux/engine-thread.test.ts', title: 'a thread that %s ends the order once' },
    ],
  },
  Q6: {
    asks: 'what is built in is known, whole and licensed',
    held: [
      { file: 'test/security/supply.test.ts', title: 'Q6 Every locked package has the hash' },
      { file: 'test/security/supply.test.ts', title: 'Q6 No package runs a script' },
      { file: 'test/security/supply.test.ts', title: 'Q6 Every licence' },
    ],
  },
};
