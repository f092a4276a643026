import type { Report } from './versions.ts';

/** How a report stands in its file: one key a line, so that it can be read and compared. */
export const reportText = (document: Report): string => `${JSON.stringify(document, null, 1)}\n`;
