import qrcode from 'qrcode-generator';

/** A code's dark cells as one SVG path in cells, and its size in cells; null when the text does not fit into any code. */
export function qrPath(text: string): { path: string; size: number } | null {
  const code = qrcode(0, 'L');
  try {
    // The library takes one character a byte: UTF-8 first, so that phones read it as text.
    code.addData(String.fromCharCode(...new TextEncoder().encode(text)), 'Byte');
    code.make();
  } catch {
    return null;
  }
  const size = code.getModuleCount();
  let path = '';
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      if (!code.isDark(y, x)) continue;
      let run = 1;
      while (x + run < size && code.isDark(y, x + run)) run++;
      path += `M${x} ${y}h${run}v1h-${run}z`;
      x += run - 1;
    }
  }
  return { path, size };
}
