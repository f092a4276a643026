import type { Problem } from '../../main/contract/problem.ts';
import type { MadeReport } from '../../main/contract/report.ts';
import { reportText } from '../../main/machine/report/report-text.ts';
import { Resource } from '../app/resource.svelte.ts';
import type { Session } from '../app/session.svelte.ts';
import { download } from './download.ts';

/** The report of the shown machine, and where it was saved. Made by the place, for as long as it is open. */
export class ReportDesk {
  readonly #session: Session;
  readonly made: Resource<MadeReport>;
  /** names are replaced; told by the place before it asks */
  redact = true;
  saving = $state(false);
  saveProblem: Problem | null = $state.raw(null);
  /** where the last one was saved, or under which name it was handed to the browser */
  saved: { readonly file: string; readonly here: boolean } | null = $state.raw(null);

  /** The file, as it is saved. */
  readonly text: string = $derived.by(() => (this.made.value === null ? '' : reportText(this.made.value.document)));

  constructor(session: Session) {
    this.#session = session;
    this.made = new Resource((signal) => session.client.call('report.make', { redact: this.redact }, signal));
  }

  /** Another report is shown: what was saved before is not it. */
  async make(redact: boolean): Promise<void> {
    this.redact = redact;
    this.saved = null;
    this.saveProblem = null;
    await this.made.load();
  }

  /** Saves what is shown: a browser takes it, else the program writes it into a folder of its own. True when it is there. */
  async save(): Promise<boolean> {
    const made = this.made.value;
    if (made === null || this.saving) return false;
    if (this.#session.client.shell.can.has('download')) {
      download(made.fileName, this.text);
      this.saved = { file: made.fileName, here: false };
      return true;
    }
    this.saving = true;
    const reply = await this.#session.client.call('report.save', { redact: made.redacted });
    this.saving = false;
    this.saveProblem = reply.ok ? null : reply.problem;
    if (reply.ok) this.saved = { file: reply.value.file, here: true };
    return reply.ok;
  }
}
