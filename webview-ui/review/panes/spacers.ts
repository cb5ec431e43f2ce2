import { StateEffect, StateField, type Extension } from '@codemirror/state';
import { Decoration, EditorView, WidgetType, type DecorationSet } from '@codemirror/view';

/** Empty height that levels the panes. */
class Spacer extends WidgetType {
  readonly height: number;

  constructor(height: number) {
    super();
    this.height = height;
  }

  override eq(other: Spacer): boolean {
    return other.height === this.height;
  }

  override toDOM(): HTMLElement {
    const element = document.createElement('div');
    element.className = 'chunk-spacer';
    element.style.height = `${this.height}px`;
    return element;
  }

  override updateDOM(element: HTMLElement): boolean {
    element.style.height = `${this.height}px`;
    return true;
  }

  override get estimatedHeight(): number {
    return this.height;
  }

  override ignoreEvent(): boolean {
    return true;
  }
}

/** Where a widget that stands between two lines goes: `side` keeps the order of several at one place. */
export interface BetweenLines {
  readonly position: number;
  readonly side: number;
}

export interface PlacedSpacer extends BetweenLines {
  /** Pixels. */
  readonly height: number;
}

/** By the key of the segment that the spacer ends. */
export type Spacers = ReadonlyMap<number, PlacedSpacer>;

interface SpacerChange {
  readonly gone: ReadonlySet<number>;
  readonly added: Spacers;
}

const changeSpacers = StateEffect.define<SpacerChange>();

const spacerField = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(current, transaction) {
    const effect = transaction.effects.findLast((candidate) => candidate.is(changeSpacers));
    if (effect === undefined) return current;
    const { gone, added } = effect.value;
    // Changed in place of being built anew: the editor skips what the old set and the new one share.
    return current.update({
      filter: (_from, _to, { spec }) => !gone.has((spec as { readonly key: number }).key),
      add: [...added].map(([key, { position, side, height }]) =>
        Decoration.widget({ widget: new Spacer(height), block: true, side, key }).range(position),
      ),
      sort: true,
    });
  },
  provide: (field) => EditorView.decorations.from(field),
});

export const spacerExtension: Extension = spacerField;

/** Pixels below which a difference in height is left alone. */
const EPSILON = 0.75;

/** Replaces the spacers `before` by `wanted` where they differ, and returns what is there now. Heights below a pixel are left out. */
export function placeSpacers(view: EditorView, before: Spacers, wanted: Spacers): Spacers {
  const gone = new Set<number>();
  const added = new Map<number, PlacedSpacer>();
  const now = new Map<number, PlacedSpacer>();
  for (const [key, spacer] of wanted) {
    const old = before.get(key);
    if (
      old?.position === spacer.position &&
      old.side === spacer.side &&
      Math.abs(old.height - spacer.height) < EPSILON
    ) {
      now.set(key, old);
    } else if (spacer.height >= EPSILON) {
      added.set(key, spacer);
      now.set(key, spacer);
    }
  }
  for (const [key, spacer] of before) if (now.get(key) !== spacer) gone.add(key);
  if (gone.size > 0 || added.size > 0) view.dispatch({ effects: changeSpacers.of({ gone, added }) });
  return now;
}
