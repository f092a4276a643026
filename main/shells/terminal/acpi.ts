import { decodeText } from '../../linux/decode-text.ts';
import { tableOfText } from '../../machine/acpi/acpidump-text.ts';
import { decodeTable, isTableProblem } from '../../machine/acpi/decode-table.ts';
import { acpiWords, tableText } from '../../words/acpi.ts';
import { parse } from './arguments.ts';
import { exitCode, type ExitCode } from './exit-code.ts';
import { sayJson, sayProblem, WrongUse, type Terminal } from './outcome.ts';
import { readBytes } from './read-bytes.ts';

/** A whole `acpidump` of a machine with many SSDTs is about 10 MB of text. */
const largest = 64_000_000;

/** `slotwise acpi decode FILE`: bytes of a DMAR or IVRS, or text of acpidump with one among other tables. */
export async function acpi(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { values, positionals } = parse(args, { json: { type: 'boolean' } }, 2);
  const [verb, path] = positionals;
  if (verb !== 'decode') throw new WrongUse(acpiWords.what(verb ?? ''));
  if (path === undefined) throw new WrongUse(acpiWords.whichFile);
  const json = values.json ?? false;
  const bytes = await readBytes(path, largest);
  if ('code' in bytes) return sayProblem(terminal, bytes, json);
  const refuse = (detail: string): ExitCode =>
    sayProblem(terminal, { code: 'table-not-understood', subject: path, detail }, json);
  const table = startsTable(bytes) ? bytes : tableOfText(decodeText(bytes));
  if (table === null) return refuse(acpiWords.noTable);
  const decoded = decodeTable(table);
  if (isTableProblem(decoded)) return refuse(acpiWords.problem(decoded));
  const { remarks, ...told } = decoded;
  if (json) sayJson(terminal, remarks.length === 0 ? told : { ...told, remarks: remarks.map(acpiWords.remark) });
  else terminal.out(tableText(decoded));
  return exitCode.fine;
}

/** Text may begin with the same letters as a table (`DMAR @ 0x…`), whose length of 32 bits has high bytes that no text has. */
const startsTable = (bytes: Uint8Array): boolean =>
  /^(?:DMAR|IVRS)/.test(Buffer.from(bytes.subarray(0, 4)).toString('latin1')) &&
  (bytes.length < 8 || bytes.subarray(4, 8).some((byte) => byte < 9));
