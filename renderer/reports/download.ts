/** Hands a text to the browser as a file of that name; what the browser does with it is its own affair. */
export function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads the blob after the click returned; a minute is more than it ever takes.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
