/**
 * Makers whose name begins the DMI line. The line runs system vendor and product together
 * (drivers/firmware/dmi_scan.c dmi_format_ids: `vendor product/board, BIOS version date`), so only a known name can be cut
 * off. Longer names stand before their beginnings.
 */
const vendors = [
  'ASUSTeK COMPUTER INC.',
  'ASUSTeK Computer INC.',
  'ASUSTeK Computer Inc.',
  'ASUS',
  'ASRockRack',
  'ASRock',
  'Acer',
  'American Megatrends International, LLC.',
  'Apple Inc.',
  'Dell Inc.',
  'Framework',
  'FUJITSU',
  'Gigabyte Technology Co., Ltd.',
  'GIGABYTE',
  'Google',
  'Hewlett-Packard',
  'HPE',
  'HP',
  'HUAWEI',
  'Intel Corporation',
  'Intel(R) Client Systems',
  'Lambda',
  'LENOVO',
  'Micro-Star International Co., Ltd.',
  'Micro-Star International Co., Ltd',
  'Microsoft Corporation',
  'MSI',
  'QEMU',
  'Razer',
  'SAMSUNG ELECTRONICS CO., LTD.',
  'Supermicro',
  'System manufacturer',
  'System76',
  'To Be Filled By O.E.M.',
  'TUXEDO',
] as const;

export interface DmiLine {
  /** null: not one of the makers that this program knows */
  readonly systemVendor: string | null;
  /** product of the system; with the vendor before it where that is not known */
  readonly systemProduct: string | null;
  readonly board: string | null;
  readonly firmwareVersion: string | null;
  /** as the firmware writes it: `06/09/2021` */
  readonly firmwareDate: string | null;
}

/** Reads what follows `DMI: `; null when it is another message (`Memory slots populated`). */
export function readDmiLine(text: string): DmiLine | null {
  const bios = `${text} `.lastIndexOf(', BIOS ');
  if (bios < 0) return null;
  const machine = text.slice(0, bios).trim();
  const firmware = text.slice(bios + 7).trim();
  const date = /(?:^|\s)(\d\d\/\d\d\/\d{2,4})$/.exec(firmware);
  const version = date ? firmware.slice(0, date.index).trim() : firmware;
  const vendor = vendors.find((name) => machine.startsWith(`${name} `)) ?? null;
  const rest = vendor === null ? machine : machine.slice(vendor.length).trim();
  const slash = slashBetween(rest);
  return {
    systemVendor: vendor,
    systemProduct: (slash < 0 ? rest : rest.slice(0, slash)).trim() || null,
    board: slash < 0 ? null : rest.slice(slash + 1).trim() || null,
    firmwareVersion: version || null,
    firmwareDate: date?.[1] ?? null,
  };
}

/** Where product and board are joined; either may hold slashes itself, as in `X9DRi/X9DR3/X9DRi/X9DR3`. */
function slashBetween(text: string): number {
  const middle = (text.length - 1) / 2;
  const twice = text[middle] === '/' && text.slice(0, middle) === text.slice(middle + 1);
  return twice ? middle : text.indexOf('/');
}
