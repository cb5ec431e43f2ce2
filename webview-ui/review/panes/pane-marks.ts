import { RangeSetBuilder, StateEffect, StateField, type Extension, type RangeSet } from '@codemirror/state';
import {
  Decoration,
  EditorView,
  GutterMarker,
  ViewPlugin,
  gutter,
  type DecorationSet,
  type ViewUpdate,
} from '@codemirror/view';
import type { ViewChunk, ViewChunkKind } from '../../../src/protocol/review-view.ts';
import type { LineIndex } from '../model/lines.ts';
import { sideText, type SideLines } from '../model/result-text.ts';
import { unitedRanges, wordChanges, type CharRange } from '../model/word-diff.ts';

export type Side = 'base' | 'local' | 'upstream';

/** How a chunk looks on a side: `old` is what one of the others replaced, `changed` is what this side wrote; undefined is unmarked. */
export function markOf(side: Side, kind: ViewChunkKind): 'old' | 'changed' | 'conflict' | undefined {
  if (kind === 'unchanged') return undefined;
  if (kind === 'conflict') return 'conflict';
  if (side === 'base') return 'old';
  return kind === side || kind === 'same' || kind === 'merged' ? 'changed' : undefined;
}

const LINE_MARKS = {
  old: Decoration.line({ class: 'chunk-line chunk-old' }),
  changed: Decoration.line({ class: 'chunk-line chunk-changed' }),
  conflict: Decoration.line({ class: 'chunk-line chunk-conflict' }),
};
const WORD_MARKS = {
  old: Decoration.mark({ class: 'word-removed' }),
  changed: Decoration.mark({ class: 'word-added' }),
};

/** The letter beside a changed line: what changed is never told by colour alone. */
class ChunkLetter extends GutterMarker {
  readonly letter: string;
  override readonly elementClass: string;

  constructor(letter: string, mark: string) {
    super();
    this.letter = letter;
    this.elementClass = `chunk-letter chunk-letter-${mark}`;
  }

  override eq(other: ChunkLetter): boolean {
    return other.letter === this.letter && other.elementClass === this.elementClass;
  }

  override toDOM(): Text {
    return document.createTextNode(this.letter);
  }
}

const LETTERS = {
  old: new ChunkLetter('−', 'old'),
  changed: new ChunkLetter('+', 'changed'),
  conflict: new ChunkLetter('!', 'conflict'),
};
const SETTLED_LETTER = new ChunkLetter('✓', 'settled');
const SETTLED_LINE = Decoration.line({ class: 'chunk-settled' });

const setSettled = StateEffect.define<ReadonlySet<number>>();

/** Says which conflicts are settled, by index of the chunk. */
export function markSettled(view: EditorView, settled: ReadonlySet<number>): void {
  view.dispatch({ effects: setSettled.of(settled) });
}

/** Line backgrounds, gutter signs and word highlights of one pane. Lines are marked once, words only where they can be seen. */
export function paneMarks(side: Side, sides: SideLines, chunks: readonly ViewChunk[]): Extension {
  const lines = sides[side];
  const lineMarks = new RangeSetBuilder<Decoration>();
  const letters = new RangeSetBuilder<GutterMarker>();
  for (const chunk of chunks) {
    const mark = markOf(side, chunk.kind);
    if (mark === undefined) continue;
    const [start, end] = chunk[side];
    for (let line = start; line < end; line++) {
      const at = lines.offset(line);
      lineMarks.add(at, at, LINE_MARKS[mark]);
      if (mark !== 'conflict') letters.add(at, at, LETTERS[mark]);
    }
  }
  const letterSet = letters.finish();
  const conflicts = conflictField(side, chunks, lines);
  return [
    EditorView.decorations.of(lineMarks.finish()),
    conflicts,
    gutter({
      class: 'chunk-gutter',
      markers: (view) => [letterSet, view.state.field(conflicts).letters],
    }),
    wordMarks(side, sides, chunks, lines),
  ];
}

interface ConflictMarks {
  readonly letters: RangeSet<GutterMarker>;
  readonly lines: DecorationSet;
}

/** The marks of conflicts change as they are settled; there are few of them, so they are made anew. */
function conflictField(
  side: Side,
  chunks: readonly ViewChunk[],
  lines: LineIndex,
): StateField<ConflictMarks> {
  const build = (settled: ReadonlySet<number>): ConflictMarks => {
    const letters = new RangeSetBuilder<GutterMarker>();
    const marks = new RangeSetBuilder<Decoration>();
    chunks.forEach((chunk, index) => {
      if (chunk.kind !== 'conflict') return;
      const isSettled = settled.has(index);
      for (let line = chunk[side][0]; line < chunk[side][1]; line++) {
        const at = lines.offset(line);
        letters.add(at, at, isSettled ? SETTLED_LETTER : LETTERS.conflict);
        if (isSettled) marks.add(at, at, SETTLED_LINE);
      }
    });
    return { letters: letters.finish(), lines: marks.finish() };
  };
  return StateField.define<ConflictMarks>({
    create: () => build(new Set()),
    update(marks, transaction) {
      const effect = transaction.effects.findLast((candidate) => candidate.is(setSettled));
      return effect === undefined ? marks : build(effect.value);
    },
    provide: (field) => EditorView.decorations.from(field, (marks) => marks.lines),
  });
}

function wordMarks(side: Side, sides: SideLines, chunks: readonly ViewChunk[], lines: LineIndex): Extension {
  const cache = new Map<number, readonly CharRange[]>();
  const rangesOf = (at: number, chunk: ViewChunk): readonly CharRange[] => {
    const known = cache.get(at);
    if (known !== undefined) return known;
    const made = wordRanges(side, sides, chunk);
    cache.set(at, made);
    return made;
  };
  const build = (view: EditorView): DecorationSet => {
    const builder = new RangeSetBuilder<Decoration>();
    const { from, to } = view.viewport;
    for (let at = firstChunkFrom(chunks, side, lines, from); at < chunks.length; at++) {
      const chunk = chunks[at];
      if (chunk === undefined) break;
      const start = lines.offset(chunk[side][0]);
      if (start > to) break;
      if (markOf(side, chunk.kind) === undefined) continue;
      for (const range of rangesOf(at, chunk)) {
        builder.add(start + range.from, start + range.to, WORD_MARKS[side === 'base' ? 'old' : 'changed']);
      }
    }
    return builder.finish();
  };
  return ViewPlugin.define(
    (view) => ({
      decorations: build(view),
      update(update: ViewUpdate) {
        if (update.viewportChanged) this.decorations = build(update.view);
      },
    }),
    { decorations: (plugin) => plugin.decorations },
  );
}

function wordRanges(side: Side, sides: SideLines, chunk: ViewChunk): readonly CharRange[] {
  const base = sideText(sides, chunk, 'base');
  if (side !== 'base') return wordChanges(base, sideText(sides, chunk, side)).added;
  return unitedRanges(
    wordChanges(base, sideText(sides, chunk, 'local')).removed,
    wordChanges(base, sideText(sides, chunk, 'upstream')).removed,
  );
}

/** Index of the first chunk that ends after `position`. */
function firstChunkFrom(
  chunks: readonly ViewChunk[],
  side: Side,
  lines: LineIndex,
  position: number,
): number {
  let low = 0;
  let high = chunks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const chunk = chunks[middle];
    if (chunk !== undefined && lines.offset(chunk[side][1]) < position) low = middle + 1;
    else high = middle;
  }
  return low;
}
