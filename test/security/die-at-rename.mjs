// Loaded before the program: it dies, as by a power cut, between writing a file beside its place and renaming it there.
import files from 'node:fs/promises';

files.rename = () => {
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => undefined);
};
