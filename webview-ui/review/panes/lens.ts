import { RangeSet, StateEffect, StateField, type Extension } from '@codemirror/state';
import { Decoration, EditorView, WidgetType, type DecorationSet } from '@codemirror/view';
import type { Take } from '../result/result-state.ts';
import type { Side } from './pane-marks.ts';
import type { BetweenLines } from './spacers.ts';

/** Pixels; `.chunk-lens` in theme.css has the same. */
export const LENS_HEIGHT = 24;

export interface LensAction {
  readonly take: Take;
  readonly label: string;
  /** In full, for whoever points at it. */
  readonly name: string;
}

export interface LensModel {
  /** Index of the chunk. */
  readonly chunk: number;
  readonly title: string;
  readonly settled: boolean;
  readonly current: boolean;
  /** What the result takes now, if anything. */
  readonly taken: Take | undefined;
  readonly enabled: boolean;
}

/**
 * The row above a conflict. It serves the mouse: the same actions are in the bar between the panes and the result, which is where the
 * keyboard and a screen reader find them, once instead of in each pane. So the row is hidden from both.
 */
class Lens extends WidgetType {
  readonly model: LensModel;
  readonly actions: readonly LensAction[];
  readonly choose: (chunk: number, take: Take) => void;

  constructor(model: LensModel, actions: readonly LensAction[], choose: (chunk: number, take: Take) => void) {
    super();
    this.model = model;
    this.actions = actions;
    this.choose = choose;
  }

  override eq(other: Lens): boolean {
    const { chunk, title, settled, current, taken, enabled } = this.model;
    const model = other.model;
    return (
      chunk === model.chunk &&
      title === model.title &&
      settled === model.settled &&
      current === model.current &&
      taken === model.taken &&
      enabled === model.enabled
    );
  }

  override toDOM(): HTMLElement {
    const { chunk, title, settled, current, taken, enabled } = this.model;
    const row = document.createElement('div');
    row.className = `chunk-lens ${settled ? 'is-settled' : 'is-open'}${current ? ' is-current' : ''}`;
    row.setAttribute('aria-hidden', 'true');
    if (title !== '') {
      const label = document.createElement('span');
      label.className = 'chunk-lens-title';
      label.textContent = title;
      row.append(label);
    }
    for (const { take, label, name } of this.actions) {
      const button = document.createElement('button');
      button.type = 'button';
      button.tabIndex = -1;
      button.className = `chunk-lens-action${taken === take ? ' is-taken' : ''}`;
      button.textContent = taken === take ? `✓ ${label}` : label;
      button.title = name;
      button.disabled = !enabled;
      button.addEventListener('click', () => {
        this.choose(chunk, take);
      });
      row.append(button);
    }
    return row;
  }

  override get estimatedHeight(): number {
    return LENS_HEIGHT;
  }

  override ignoreEvent(): boolean {
    return true;
  }
}

export interface LensText {
  readonly takeBase: string;
  readonly takeLocal: string;
  readonly takeUpstream: string;
  readonly localFirst: string;
  readonly upstreamFirst: string;
  /** As on the button: three panes beside each other leave little room. */
  readonly shortBase: string;
  readonly shortLocal: string;
  readonly shortUpstream: string;
}

function actionsOf(side: Side, text: LensText): readonly LensAction[] {
  switch (side) {
    case 'base':
      return [{ take: 'base', label: text.shortBase, name: text.takeBase }];
    case 'local':
      return [
        { take: 'local', label: text.shortLocal, name: text.takeLocal },
        { take: 'local_then_upstream', label: text.localFirst, name: text.localFirst },
      ];
    case 'upstream':
      return [
        { take: 'upstream', label: text.shortUpstream, name: text.takeUpstream },
        { take: 'upstream_then_local', label: text.upstreamFirst, name: text.upstreamFirst },
      ];
  }
}

const setLenses = StateEffect.define<DecorationSet>();

const lensField = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(lenses, transaction) {
    return transaction.effects.findLast((effect) => effect.is(setLenses))?.value ?? lenses;
  },
  provide: (field) => EditorView.decorations.from(field),
});

export const lensExtension: Extension = lensField;

/** The rows of one pane: in the base pane with the conflict's number, beside them without. */
export function showLenses(
  view: EditorView,
  side: Side,
  lenses: readonly { readonly model: LensModel; readonly place: BetweenLines }[],
  text: LensText,
  choose: (chunk: number, take: Take) => void,
): void {
  const actions = actionsOf(side, text);
  const set = RangeSet.of(
    lenses.map(({ model, place }) =>
      Decoration.widget({
        widget: new Lens(side === 'base' ? model : { ...model, title: '' }, actions, choose),
        block: true,
        side: place.side,
      }).range(place.position),
    ),
  );
  view.dispatch({ effects: setLenses.of(set) });
}
