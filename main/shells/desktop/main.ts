import { app, BrowserWindow, dialog, session } from 'electron';
import { join } from 'node:path';
import packageFile from '../../../package.json' with { type: 'json' };
import { dispatch } from '../../assistant/dispatch.ts';
import { createHandlers } from '../../assistant/handlers.ts';
import { contract } from '../../contract/contract.ts';
import { createNeeds } from '../../linux/needs.ts';
import { desktopWords } from '../../words/desktop.ts';
import { loadPages } from '../pages.ts';
import { listenToWindows } from './channels.ts';
import { confineSession } from './confinement.ts';
import { sourceArgument } from './launch.ts';
import { installMenu } from './menu.ts';
import { claimScheme, servePages } from './scheme.ts';
import { openWindow } from './window.ts';

// Before the first await: all must stand before the app is ready.
app.enableSandbox();
claimScheme();
// No name has an address, so that whatever Chromium thinks up by itself ends before it leaves the machine.
app.commandLine.appendSwitch('host-resolver-rules', 'MAP * ~NOTFOUND');

const here = import.meta.dirname;
const windows = new Set<number>();

function start(): void {
  const needs = createNeeds({
    resources: join(here, '../../resources'),
    engine: join(here, '../preload/engine.cjs'),
    version: packageFile.version,
  });
  const handlers = createHandlers(needs, sourceArgument(process.argv, process.cwd()));
  const dispatcher = dispatch(contract, handlers, (endpoint, thrown) => {
    console.error(`slotwise: a mistake of ours in ${endpoint}:`, thrown);
  });

  void app.whenReady().then(() => {
    confineSession(session.defaultSession);
    servePages(loadPages(join(here, '../renderer')));
    listenToWindows(dispatcher, windows);
    installMenu(process.platform);
    const open = (): BrowserWindow => openWindow(join(here, '../preload/preload.cjs'), windows);
    open();

    app.on('activate', () => {
      if (BrowserWindow.getAllWindows().length === 0) open();
    });
    app.on('second-instance', (_event, argv, folder) => {
      const [window] = BrowserWindow.getAllWindows();
      const wanted = sourceArgument(argv, folder);
      if (wanted !== null) void dispatcher.call('machine.look', { source: wanted }, { cancelled: () => false });
      if (window === undefined) open();
      else {
        if (window.isMinimized()) window.restore();
        window.focus();
      }
    });
  });
}

app.on('window-all-closed', () => {
  if (process.platform !== 'darwin') app.quit();
});

const notPermitted = 4;

// Electron itself ends as root unless it is told --no-sandbox, and then nothing would stand between a page and root.
if (process.getuid?.() === 0) {
  // Before the app is ready this is a line on the terminal where there is no box to show it in.
  dialog.showErrorBox(desktopWords.notAsRoot.title, desktopWords.notAsRoot.text);
  app.exit(notPermitted);
}
// One instance: two of them would write one journey.
else if (app.requestSingleInstanceLock()) start();
else app.quit();
