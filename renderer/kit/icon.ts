import type { LucideIcon } from '@lucide/svelte';

/** An icon of lucide, imported one by one: `@lucide/svelte/icons/NAME`. */
export type IconOf = LucideIcon;
