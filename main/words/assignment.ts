/** The place where a person chooses what to give. */
export const assignmentWords = {
  title: 'Choose what to give',
  functions: (count: number): string => `${count} functions, each stays or goes`,
  keeps: 'The host keeps',
  keepsNote: 'Outlined. What runs your machine.',
  gets: 'gets',
  getsNote: 'Filled. Gone from the host while the VM runs.',
  jobs: {
    display: { name: 'Display', what: 'what you see' },
    sound: { name: 'Sound', what: 'what you hear' },
    disk: { name: 'Disks', what: 'where your data lives' },
    network: { name: 'Network', what: 'how you reach it' },
    usb: { name: 'USB', what: 'keyboard, mouse' },
    other: { name: 'Other', what: 'everything else to give' },
  },
  nothing: {
    display: 'Nothing yet. Press G on a card, or click it.',
    sound: 'Nothing.',
    disk: 'Nothing. The VM’s disk is a file on the host.',
    network: 'Nothing. The VM uses the host’s network.',
    usb: 'Nothing yet. Press G on a controller, or click it.',
    other: 'Nothing.',
  },
  keepsNothing: 'Nothing is left here.',
  chips: {
    chosen: 'you chose',
    along: 'comes along',
    bootDisplay: 'boot display',
    twin: 'twin of yours',
    notConnected: 'not connected',
    online: 'your network',
    screens: (count: number): string => (count === 1 ? 'a screen' : `${count} screens`),
    share: (group: number): string => `share group ${group}`,
    mounts: (targets: readonly string[]): string =>
      targets.length > 2 ? `${targets.slice(0, 2).join(', ')} and more` : targets.join(' and '),
  },
  ofPort: (name: string, port: number | null): string => (port === null ? name : `${name} port ${port}`),
  rest: (count: number): string => `${count} more functions stay with the host: ports, bridges, platform.`,
  showRest: 'Show them',
  hideRest: 'Hide them',
  give: 'Give',
  keep: 'Keep',
  given: (name: string, count: number): string =>
    count === 0 ? `${name} crosses over` : `${name} crosses over, and ${count} with it`,
  kept: (name: string): string => `${name} stays with the host`,
  undo: 'Undo',
  orKeep: 'Or keep it.',
  plan: {
    title: 'The plan',
    none: 'Nothing crosses over yet.',
    noneTitle: 'Nothing chosen',
    noneText: 'A plan begins with one device that you want to give. Click it, or press G on it.',
    crosses: (functions: number, groups: number | null, stay: number): string =>
      `${functions} ${functions === 1 ? 'function' : 'functions'}${groups === null ? '' : ` in ${groups} ${groups === 1 ? 'group' : 'groups'}`} ${functions === 1 ? 'crosses' : 'cross'} over. ${stay} stay.`,
    group: (id: number): string => `Group ${id}`,
    noGroup: 'No group known',
    keptApart: 'Kept apart by',
    fullAcs: 'full ACS',
    foundBy: 'Found again by',
    foundByText: 'path, ids and subsystem',
    vm: 'Name of the VM',
    profile: 'What it is for',
    profiles: { gaming: 'Gaming', desktop: 'Desktop', compute: 'Compute', network: 'Network', storage: 'Storage' },
    guards: 'Guards',
    answered: 'You accepted the loss.',
    unknowns: 'What we cannot know',
    write: 'Write the configuration',
    waits: {
      nothing: 'Opens when a device is chosen.',
      guard: (names: readonly string[]): string => `Opens when the loss of ${names.join(' and ')} is answered.`,
      refused: 'The host cannot run without a device in this choice. Keep it to go on.',
      kernelRefuses:
        'The kernel will not hand over a device in this choice. Keep it, or change the firmware setup first.',
      asking: 'Looking at what this choice costs.',
    },
    unchanged: 'Nothing is changed on this machine until you run the files yourself.',
  },
  guards: {
    disk: {
      name: 'System disk',
      stays: 'No disk with mounted files crosses over.',
      unknown: 'Whether a disk with mounted files crosses over is not known.',
    },
    'boot-display': {
      name: 'Boot display',
      stays: 'The display that the firmware uses stays.',
      unknown: 'Whether the host’s display crosses over is not known.',
    },
    network: {
      name: 'Network',
      stays: 'Every interface with an address stays.',
      unknown: 'Whether the host’s way to the network crosses over is not known.',
    },
    input: {
      name: 'Keyboard and mouse',
      stays: 'No keyboard and no mouse crosses over.',
      told: (crossing: readonly string[], staying: readonly string[]): string =>
        crossing
          .map((kind) =>
            staying.includes(kind)
              ? `A ${kind} crosses over, another stays with the host.`
              : `A ${kind} crosses over, and no other is known to stay.`,
          )
          .join(' '),
      unknown: 'Whether a keyboard crosses over is not known.',
    },
    twins: {
      name: 'Twin cards told apart',
      text: (twins: readonly string[]): string =>
        `${twins.join(', ')} ${twins.length === 1 ? 'has the same ids and stays' : 'have the same ids and stay'}. Yours is bound by its address.`,
    },
    reset: { name: 'Reset between starts', flr: 'Every function offers a function-level reset.' },
  },
  keys: { give: 'Give the device', keep: 'Keep the device', undo: 'Undo the last change' },
} as const;
