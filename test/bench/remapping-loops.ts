import { access, noPasid } from '../../main/remapping/access.ts';
import type { VtdUnit } from '../../main/remapping/vtd/unit.ts';
import { bareInterrupts, bareNested, bareRequests } from './bare-loops.ts';
import {
  interruptMessage,
  interruptTable,
  interruptUnit,
  legacyUnit,
  nestedPages,
  nestedTables,
  nestedUnit,
  source,
  words,
} from './remapping-units.ts';

export { heapGrowth } from './heap-growth.ts';

/** A million requests are made of calls of this many. */
const perCall = 4000;

export interface Loop {
  readonly perCall: number;
  /** Both answer a checksum of what they reached. */
  readonly engine: () => number;
  readonly bare: () => number;
}

const requests = (unit: VtdUnit, pages: number) => (): number => {
  let sum = 0;
  for (let request = 0; request < perCall; request++) {
    unit.translate(source, noPasid, 0, (request % pages) << 12, access.read);
    sum = (sum + unit.dma.outLo) | 0;
  }
  return sum;
};

/** 512 pages stay in an IOTLB of 1 024 entries; of 4 000 in turn each has been evicted when it comes again. */
function legacy(pages: number): Loop {
  const { unit, domain } = legacyUnit(pages);
  return {
    perCall,
    engine: requests(unit, pages),
    bare: bareRequests(words(unit), domain.topTable, pages, perCall),
  };
}

function nested(): Loop {
  const unit = nestedUnit();
  const bare = bareNested(words(unit), nestedTables, nestedPages, perCall);
  return { perCall, engine: requests(unit, nestedPages), bare };
}

function interrupts(): Loop {
  const unit = interruptUnit();
  const engine = (): number => {
    let sum = 0;
    for (let request = 0; request < perCall; request++) {
      unit.interrupt(source, 0, interruptMessage(request & 31), 0);
      sum = (sum + unit.interrupts.vector + unit.interrupts.destination) | 0;
    }
    return sum;
  };
  const bare = bareInterrupts(
    words(unit),
    interruptTable,
    unit.state.interruptEntries,
    source,
    interruptMessage,
    perCall,
  );
  return { perCall, engine, bare };
}

export const loops = {
  'remapping.hit': () => legacy(512),
  'remapping.walk': () => legacy(4096),
  'remapping.nested': nested,
  'remapping.interrupt': interrupts,
} satisfies Record<string, () => Loop>;
