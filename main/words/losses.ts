import type { lossSituations } from '../passthrough/losses/situations.ts';
import type { Loss, LossKind } from '../passthrough/plan.ts';
import { entryOf, fillIn } from './fill-in.ts';

interface Said {
  readonly consequence: string;
  /** who is at risk, and when */
  readonly risk: string;
  /** how not to lose it */
  readonly keep: string;
}

/** Every way in which a host can lose a job. */
export const lossSentences = {
  'boot-display': {
    'only-display': {
      consequence: 'The host goes blind: {device} is its only display.',
      risk: 'From the start of the host nothing is shown any more. Without another way in, such as SSH, nobody can reach it.',
      keep: 'Add a second card for the host, or use the processor’s own graphics.',
    },
    'firmware-display': {
      consequence: 'The host loses the display that it starts on.',
      risk: 'The firmware shows its picture on {device}. Boot menu and early messages stay there, and its memory may still be taken when the guest starts.',
      keep: 'Choose another card as the first display in the firmware setup.',
    },
  },
  display: {
    'last-screens': {
      consequence: 'The host loses its last screen, on {name}.',
      risk: 'Other graphics is there, but nothing is plugged into it.',
      keep: 'Plug a screen into a card that stays.',
    },
    screens: {
      consequence: 'Screens on {connectors} show the guest.',
      risk: 'They go dark for the host when the guest starts.',
      keep: 'Plug them into a card that stays.',
    },
    'only-graphics': {
      consequence: 'No other graphics is left to the host.',
      risk: 'If a person uses a screen on this machine, they lose it. The source does not say whether one is used.',
      keep: 'Keep a way in over the network, or a second card.',
    },
    outputs: {
      consequence: 'Screens plugged into {device} show the guest.',
      risk: 'None is known to be plugged in now.',
      keep: 'Use the outputs of a card that stays.',
    },
  },
  disk: {
    'system-disk': {
      consequence: '{device} holds the disk {disk} with {mounts}, which the host runs from.',
      risk: 'The host would stop at once and not start again.',
      keep: 'Keep it. Give the guest another disk, or a file on this one.',
    },
    'system-disk-on-usb': {
      consequence: '{device} leads to the USB disk {disk} ({plug}) with {mounts}, which the host runs from.',
      risk: 'The host would stop at once and not start again.',
      keep: 'Plug the disk into another controller, or give another controller.',
    },
    'system-disk-in-group': {
      consequence: '{chosen} shares group {group} with the disk you boot from: {disk}, which holds {mounts}.',
      risk: 'The kernel gives away whole groups. The host would stop at once and not start again.',
      keep: 'Put the card into another slot, or the disk on another connector.',
    },
    'system-disk-in-slot': {
      consequence: '{chosen} is on one card with the disk you boot from: {disk}, which holds {mounts}.',
      risk: 'A card is given away whole. The host would stop at once and not start again.',
      keep: 'Keep the card.',
    },
    swap: {
      consequence: 'The host loses its swap on {disk}.',
      risk: 'Whatever was swapped out is lost, and the programs that it belongs to.',
      keep: 'Move the swap to a disk that stays, and switch it off here.',
    },
    mounted: {
      consequence: 'The host loses {mounts} on {disk}.',
      risk: 'Whoever has files open there loses what was not written yet.',
      keep: 'Unmount it and take it out of /etc/fstab first.',
    },
    'perhaps-mounted': {
      consequence: 'The guest gets the disk {disk} with all that is on it.',
      risk: 'Which disk holds {mounts} is not known. It may be this one, and then the host would not start again.',
      keep: 'Keep its controller until you know.',
    },
    unmounted: {
      consequence: 'The guest gets the disk {disk} with all that is on it.',
      risk: 'Nothing of it is mounted now.',
      keep: 'Keep its controller.',
    },
  },
  network: {
    'only-interface': {
      consequence: 'The host loses its only network, on {interface}.',
      risk: 'Everything that reaches it over the network ends when the guest starts, this session too if it came that way.',
      keep: 'Add a second adapter first.',
    },
    'default-route': {
      consequence: 'The host loses its network on {interface}.',
      risk: 'Its way to everything else goes through this port. It ends when the guest starts. Left to the host: {staying}.',
      keep: 'Move the host’s network to another port first.',
    },
    'bridge-port': {
      consequence: 'The host loses {interface}, which carries {bridge}.',
      risk: 'Whoever reaches the host or its guests at {addresses} loses the way. Left to the host: {staying}.',
      keep: 'Put another port into {bridge} first.',
    },
    addresses: {
      consequence: 'The host loses its addresses on {interface}.',
      risk: 'Whoever reaches it at {addresses} loses the way. Left to the host: {staying}.',
      keep: 'Move these addresses to another port first.',
    },
    idle: {
      consequence: 'The host loses the network port {interface}.',
      risk: 'It carries no address now.',
      keep: 'Give another port.',
    },
    'unknown-use': {
      consequence: 'The host loses the network port {interface}.',
      risk: 'Whether anybody reaches the host through it is not known.',
      keep: 'Give another port.',
    },
  },
  input: {
    'last-keyboard': {
      consequence: 'The host loses its last keyboard, on {device}.',
      risk: 'Whoever sits in front of it can no longer type: {devices} cross over.',
      keep: 'Plug the keyboard into another controller.',
    },
    'keyboard-elsewhere': {
      consequence: 'A keyboard crosses over with {device}.',
      risk: '{devices} cross over. Another keyboard stays with the host.',
      keep: 'Plug it into another controller.',
    },
  },
  usb: {
    devices: {
      consequence: 'What is plugged into {device} crosses over.',
      risk: 'The guest gets {devices}.',
      keep: 'Plug it into another controller.',
    },
    ports: {
      consequence: 'The host loses the USB ports of {device}.',
      risk: 'Nothing is known to be plugged in now.',
      keep: 'Give another controller.',
    },
  },
  sound: {
    'display-sound': {
      consequence: 'Sound through the screens of this card crosses over.',
      risk: 'The guest plays it.',
      keep: 'Use other speakers for the host.',
    },
    'host-sound': {
      consequence: 'The host loses its sound on {device}.',
      risk: 'Speakers and microphones plugged in there belong to the guest.',
      keep: 'Use a USB headset, or keep the device.',
    },
  },
} as const satisfies { readonly [K in LossKind]: Readonly<Record<(typeof lossSituations)[K][number], Said>> };

const untold: Said = { consequence: 'The host loses {name}.', risk: '', keep: '' };

/** What the host loses, who is at risk, and how to keep it. */
export function lossWords({ kind, situation, values }: Pick<Loss, 'kind' | 'situation' | 'values'>): Said {
  const said = entryOf<Said>(lossSentences[kind], situation) ?? untold;
  const virtual = typeof values['virtualFunctions'] === 'number' && values['virtualFunctions'] > 0;
  return {
    consequence: fillIn(said.consequence, values),
    risk: fillIn(values['stayingIdle'] === true ? said.risk.replace('{staying}.', idleStaying) : said.risk, values),
    keep: fillIn(virtual && kind === 'network' ? byVirtualFunction : said.keep, values),
  };
}

/** What stays is there and would not carry anything as it is. */
const idleStaying = '{staying}, not connected now.';
const byVirtualFunction =
  'This port can make {virtualFunctions} virtual functions (SR-IOV). Give one of those, and the host stays online.';
