export const themes = ['system', 'light', 'dark'] as const;
export type ThemeChoice = (typeof themes)[number];

const key = 'slotwise.theme';

const isTheme = (value: unknown): value is ThemeChoice => themes.some((theme) => theme === value);

/** Storage may be refused (a private window, a full disk): then the choice lasts as long as the page. */
function stored(): ThemeChoice {
  try {
    const value = localStorage.getItem(key);
    return isTheme(value) ? value : 'system';
  } catch {
    return 'system';
  }
}

/** Light, dark or what the system says; kept in this browser. The colours follow `data-theme` in look/tokens.css. */
class Theme {
  choice: ThemeChoice = $state(stored());

  /** Before the first paint. */
  apply(): void {
    document.documentElement.dataset['theme'] = this.choice;
  }

  choose(choice: ThemeChoice): void {
    this.choice = choice;
    this.apply();
    try {
      localStorage.setItem(key, choice);
    } catch {
      // Kept for this page only.
    }
  }
}

export const theme = new Theme();
