import { array, literal, number, object, picklist, string, union } from 'valibot';
import type { InferOutput } from 'valibot';
import { standings } from './figure.ts';

export const publishedQuantities = [
  'throughput',
  'latency',
  'exits',
  'injected-interrupts',
  'guest-time',
  'of-bare-metal',
  'guests',
  'processor-per-guest',
] as const;
export type PublishedQuantity = (typeof publishedQuantities)[number];

/** One number that somebody measured. Throughput in Mb/s, latency in µs, exits and interrupts a second, shares from 0 to 1. */
export const publishedFigureShape = object({
  quantity: picklist(publishedQuantities),
  /** both ends where a range was published, else twice the same */
  from: number(),
  to: number(),
  standing: picklist(standings),
  source: string(),
  year: union([number(), literal('unknown')]),
});

export const publishedWays = ['emulated', 'paravirtual', 'passthrough', 'passthrough-exitless', 'sr-iov'] as const;
export type PublishedWay = (typeof publishedWays)[number];

export const publishedComparisonShape = array(
  object({ way: picklist(publishedWays), figures: array(publishedFigureShape) }),
);
export type PublishedComparison = InferOutput<typeof publishedComparisonShape>;
type PublishedFigure = InferOutput<typeof publishedFigureShape>;

const one = (
  quantity: PublishedQuantity,
  value: number,
  rest: Pick<PublishedFigure, 'standing' | 'source' | 'year'>,
): PublishedFigure => ({ quantity, from: value, to: value, ...rest });

const eli = { standing: 'recall', source: 'ELI, ASPLOS 2012, netperf and UDP round trip', year: 2012 } as const;
const kvm = {
  standing: 'stored',
  source: 'perf kvm events of netperf on KVM with virtio, gist.github.com/oraccha/490651, over 60 s',
  year: 2010,
} as const;
const emulated = { standing: 'stored', source: 'KVM without vhost, mailing list', year: 'unknown' } as const;
const sriov = { standing: 'recall', source: 'Dong and others, SR-IOV networking in Xen and KVM', year: 2010 } as const;

/**
 * Four ways to give a guest a network card, and what has been measured of each. By different people on different machines
 * in different years: the order of magnitude can be compared, the numbers cannot, and who draws them has to say so.
 */
export const publishedComparison: PublishedComparison = [
  { way: 'emulated', figures: [one('throughput', 1286, emulated), one('latency', 724, emulated)] },
  {
    way: 'paravirtual',
    figures: [
      one('throughput', 2099.76, kvm),
      one('exits', 1_319_126 / 60, kvm),
      one('injected-interrupts', 290_013 / 60, kvm),
      {
        quantity: 'latency',
        from: 50,
        to: 100,
        standing: 'stored',
        source: 'virtio-net on cloud-hypervisor and QEMU',
        year: 'unknown',
      },
    ],
  },
  {
    way: 'passthrough',
    figures: [one('exits', 102_222, eli), one('guest-time', 0.69, eli), one('latency', 36.14, eli)],
  },
  {
    way: 'passthrough-exitless',
    figures: [
      one('exits', 764, eli),
      one('guest-time', 0.99, eli),
      one('latency', 28.51, eli),
      {
        quantity: 'of-bare-metal',
        from: 0.97,
        to: 1,
        standing: 'stored',
        source: 'ELI, ASPLOS 2012, abstract',
        year: 2012,
      },
    ],
  },
  {
    way: 'sr-iov',
    figures: [one('throughput', 9480, sriov), one('guests', 60, sriov), one('processor-per-guest', 0.0176, sriov)],
  },
];
