import { RangeSetBuilder, StateEffect, StateField, type Extension } from '@codemirror/state';
import { Decoration, EditorView, type DecorationSet } from '@codemirror/view';

/** Marks the lines of the chunk that the reviewer is at. */
const setCurrent = StateEffect.define<{ readonly from: number; readonly to: number } | undefined>();

const LINE = Decoration.line({ class: 'chunk-current' });

const currentField = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    const effect = transaction.effects.findLast((candidate) => candidate.is(setCurrent));
    if (effect === undefined) return marks.map(transaction.changes);
    const builder = new RangeSetBuilder<Decoration>();
    if (effect.value !== undefined) {
      const { from, to } = effect.value;
      const document = transaction.newDoc;
      for (let at = from; at < to;) {
        const line = document.lineAt(at);
        builder.add(line.from, line.from, LINE);
        at = line.to + 1;
      }
    }
    return builder.finish();
  },
  provide: (field) => EditorView.decorations.from(field),
});

export const currentExtension: Extension = currentField;

/** `range` holds whole lines; undefined marks none. */
export function markCurrent(
  view: EditorView,
  range: { readonly from: number; readonly to: number } | undefined,
): void {
  view.dispatch({ effects: setCurrent.of(range) });
}
