/** A stretch of a line; `changed` words are struck in removed lines. */
export interface DiffPart {
  readonly text: string;
  readonly changed: boolean;
}

/** One line of a diff; `gap` stands for unchanged lines that are left out. */
export type DiffRow =
  | { readonly kind: 'same'; readonly before: number; readonly after: number; readonly text: string }
  | { readonly kind: 'added'; readonly after: number; readonly parts: readonly DiffPart[] }
  | { readonly kind: 'removed'; readonly before: number; readonly parts: readonly DiffPart[] }
  | { readonly kind: 'gap'; readonly lines: number };
