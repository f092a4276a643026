import { BrowserWindow, nativeTheme, type BrowserWindowConstructorOptions } from 'electron';
import { confineContents } from './confinement.ts';
import { origin } from './scheme.ts';

/** The canvas of either theme (renderer/look/tokens.css), so that nothing flashes before the first paint. */
const canvas = { light: '#fbfbfa', dark: '#151719' } as const;

/** The window's whole permission, in one object that a test holds still. */
export const webPreferences = {
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webviewTag: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  enableWebSQL: false,
  // On Linux dictionaries would be fetched from a content network.
  spellcheck: false,
} as const satisfies BrowserWindowConstructorOptions['webPreferences'];

/** Opens the one window; it shows itself when there is something to see. */
export function openWindow(preload: string, windows: Set<number>): BrowserWindow {
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    minWidth: 360,
    minHeight: 480,
    show: false,
    title: 'Slotwise',
    autoHideMenuBar: true,
    backgroundColor: nativeTheme.shouldUseDarkColors ? canvas.dark : canvas.light,
    webPreferences: { ...webPreferences, preload },
  });
  const { id } = window.webContents;
  windows.add(id);
  window.on('closed', () => windows.delete(id));
  confineContents(window.webContents);
  window.once('ready-to-show', () => window.show());
  // A page that crashed is loaded again; the journey is on disk and nothing else is lost.
  window.webContents.on('render-process-gone', (_event, details) => {
    if (details.reason !== 'clean-exit' && !window.isDestroyed()) window.reload();
  });
  void window.loadURL(`${origin}/`);
  return window;
}
