/** What a tree shows of one node, without the editor's types: `views/tree-item.ts` turns it into a TreeItem. */
export interface ItemView {
  /** Stable over refreshes, so that the tree keeps what is expanded and selected. */
  readonly id: string;
  readonly label: string;
  readonly description: string;
  readonly tooltip: ItemTooltip;
  readonly icon: ItemIcon;
  /** Words that `when` clauses of menus match: the kind of the item first, then what can be done with it. */
  readonly context: string;
  readonly expandable: 'none' | 'collapsed' | 'expanded';
  /** What a screen reader says: label, state and what is off, without relying on the icon. */
  readonly spoken: string;
  readonly command?: { readonly id: string; readonly title: string };
}

/** Plain text throughout: names and findings come from plugins and are never read as Markdown (invariant 11). */
export interface ItemTooltip {
  readonly heading: string;
  readonly lines: readonly string[];
}

export interface ItemIcon {
  /** Id of a product icon. */
  readonly id: string;
  /** Id of a theme colour. The icon's shape alone must tell the state. */
  readonly color?: string;
}

export const ATTENTION = 'list.warningForeground';
export const FAILURE = 'list.errorForeground';
export const GOOD = 'testing.iconPassed';
export const NEWS = 'charts.blue';
export const MUTED = 'disabledForeground';

/** Joins what is there with a middle dot, as VS Code's own trees do. */
export function joinParts(...parts: readonly (string | null | undefined)[]): string {
  return parts.filter((part) => part !== null && part !== undefined && part !== '').join(' · ');
}
