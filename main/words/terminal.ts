/** Sentences of the command line. */
export const terminalWords = {
  ownSource: (path: string): string => `"${path}" is what is read; it is not written over. Name another file.`,
  givenTwice: (option: string): string => `${option} was given twice, and takes one value.`,
  setAside: (path: string): string => `What stood there of an earlier recipe is kept as ${path}`,
  help: (commands: readonly { usage: string; does: string }[]): string =>
    [
      'Slotwise gives a PCI device to a virtual machine, and says first what that costs the host.',
      '',
      ...commands.flatMap(({ usage, does }) => [`  slotwise ${usage}`, `      ${does}`]),
      '',
      'SRC: nothing (this host), a collected folder or .tar.gz, a *.slotwise.json report, a text file with lspci -vvv or',
      '-xxxx output, ssh://[user@]host[:port], sample:NAME, or the .json that the Windows collector wrote. Lists are',
      'separated by commas or spaces.',
      'Exit codes: 0 fine · 1 findings that block · 2 wrong use · 3 input not understood · 4 not permitted · 70 a bug of ours.',
      '',
    ].join('\n'),
  notYet: (what: string) => `"${what}" is not in this version yet.`,
  noCommand: (name: string) => `there is no command "${name}". slotwise --help lists them.`,
  noAddress: (text: string) => `"${text}" is no PCI address; expected something like 0000:01:00.0 or 01:00.0.`,
  giveWhat: '--give names no device. Expected one or more addresses, such as --give 01:00.0.',
  noProfile: (name: string, all: readonly string[]) => `there is no profile "${name}"; there are ${all.join(', ')}.`,
  noScenario: (name: string, all: readonly string[]) => `there is no scenario "${name}"; there are ${all.join(', ')}.`,
  noVariant: (name: string, all: readonly string[]) =>
    `there is nothing called "${name}" to compare with; there are ${all.join(', ')}.`,
  whichPlan: '--plan names no file. Expected the file that slotwise plan -o wrote.',
  noTarget: (name: string, all: readonly string[]) => `there is no target "${name}"; there are ${all.join(', ')}.`,
  whichTargets: (all: readonly string[]) => `--for names no target; there are ${all.join(', ')}.`,
  remapWhat: (verb: string) =>
    `"remap ${verb}" is no command. Expected remap run SCRIPT, or remap run - for lines of JSON.`,
  whichScript: 'remap run names no script. Expected a file with a JSON array of steps, or - for lines of JSON.',
  noScript: (path: string, why: string) => `${JSON.stringify(path)} is no script of steps: ${why}.`,
  noPort: (text: string) => `"${text}" is no port; expected a number up to 65535.`,
  serves: (url: string) => `Slotwise serves this machine's browser at ${url} (the link works once)\n`,
  asRoot: 'The window does not open as root, because its sandbox would be off; Slotwise serves a page instead.',
  noDisplay: 'There is no display here, so no window opens; Slotwise serves a page instead.',
  noElectron: 'Electron is not installed here, so no window opens; Slotwise serves a page instead.',
  fetchingElectron: (host: string) =>
    `Electron's program is not here yet: install-electron fetches it once from ${host}.`,
  unreachable: (host: string) => `${host} cannot be reached within 5 seconds; Slotwise serves a page instead.`,
  windowEnded: (how: string) => `The window's program ended with ${how}; Slotwise serves a page instead.`,
  fetchFailed: (host: string) => `Electron could not be fetched from ${host}; Slotwise serves a page instead.`,
  bug: (message: string) => `this is a mistake of ours, not yours: ${message}`,
} as const;
