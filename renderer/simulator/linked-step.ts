/** The step that a link names; null: none, or what no link of ours holds. */
export function linkedStep(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : null;
}
