/** sRGB, each part from 0 to 1. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** Reads `#rgb…` with six digits, and `hsl(H S% L%)`. */
export function rgbOf(text: string): Rgb {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/.exec(text);
  if (hex) return [1, 2, 3].map((at) => parseInt(hex[at] ?? '', 16) / 255) as unknown as Rgb;
  const hsl = /^hsl\((\d+) (\d+)% (\d+)%\)$/.exec(text);
  if (!hsl) throw new Error(`no colour: ${text}`);
  const [hue = 0, saturation = 0, lightness = 0] = hsl.slice(1).map(Number);
  const s = saturation / 100;
  const l = lightness / 100;
  const part = (n: number): number => {
    const k = (n + hue / 30) % 12;
    return l - s * Math.min(l, 1 - l) * Math.max(-1, Math.min(k - 3, 9 - k, 1));
  };
  return [part(0), part(8), part(4)];
}

export const hexOf = (rgb: Rgb): string =>
  `#${rgb
    .map((part) =>
      Math.round(Math.max(0, Math.min(1, part)) * 255)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;

const linear = (part: number): number => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
const encoded = (part: number): number => (part <= 0.0031308 ? 12.92 * part : 1.055 * part ** (1 / 2.4) - 0.055);

/** Contrast of two colours, 1 to 21 (WCAG 2.2, relative luminance). */
export function contrast(a: Rgb, b: Rgb): number {
  const light = ([red, green, blue]: Rgb): number =>
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  const [high, low] = [light(a), light(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

type Triple = readonly [number, number, number];

/** Linear sRGB to oklab and back (Björn Ottosson, A perceptual color space for image processing). */
function toOklab(rgb: Rgb): Triple {
  const [r, g, b] = rgb.map(linear) as unknown as Triple;
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function fromOklab([L, a, b]: Triple): Rgb {
  const l = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (L - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    encoded(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    encoded(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    encoded(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

/** `share` of a colour in a ground, mixed in oklab. */
export function mixed(a: Rgb, ground: Rgb, share: number): Rgb {
  const p = toOklab(a);
  const q = toOklab(ground);
  return fromOklab(p.map((part, at) => part * share + (q[at] ?? 0) * (1 - share)) as unknown as Triple);
}
