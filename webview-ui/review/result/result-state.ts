import { invertedEffects, isolateHistory } from '@codemirror/commands';
import {
  StateEffect,
  StateField,
  type EditorState,
  type Extension,
  type Text,
  type Transaction,
  type TransactionSpec,
} from '@codemirror/state';
import type { ViewChunk, ViewResolution, ViewResolutions } from '../../../src/protocol/review-view.ts';
import { chunkResult, type SideLines } from '../model/result-text.ts';

/**
 * The result as an editor document that knows which part belongs to which chunk. Choices and typing are both transactions, so that one
 * history undoes them in the order they were made.
 */

export type Take = ViewResolution['take'];
/** A choice that needs no text of its own. */
export type SideTake = Exclude<Take, 'text' | 'proposal'>;

export interface ResultSnapshot {
  /** Chunk `i` has the text from `bounds[i]` up to `bounds[i + 1]`: whole lines. One longer than the chunks. */
  readonly bounds: readonly number[];
  /** What was chosen, by index of the chunk; the text of `text` is the chunk's part of the document. */
  readonly choices: ReadonlyMap<number, Take>;
}

const restore = StateEffect.define<ResultSnapshot>();

const NO_SNAPSHOT: ResultSnapshot = { bounds: [0], choices: new Map() };

export const resultField = StateField.define<ResultSnapshot>({
  create: () => NO_SNAPSHOT,
  update(snapshot, transaction) {
    // History joins typing into one event whose effects run from the newest to the oldest: the last one is where undo leads.
    const restored = transaction.effects.findLast((effect) => effect.is(restore));
    if (restored !== undefined) return restored.value;
    return transaction.docChanged ? afterTyping(snapshot, transaction) : snapshot;
  },
});

const undoRestores = invertedEffects.of((transaction) =>
  transaction.docChanged || transaction.effects.some((effect) => effect.is(restore))
    ? [restore.of(transaction.startState.field(resultField))]
    : [],
);

/** What an editor of the result needs; `history()` comes from the caller. */
export function resultExtension(snapshot: ResultSnapshot): Extension {
  return [resultField.init(() => snapshot), undoRestores];
}

/** The document and its parts for the choices that the host has. An open conflict has no text. */
export function initialResult(
  sides: SideLines,
  chunks: readonly ViewChunk[],
  resolutions: ViewResolutions,
): { readonly text: string; readonly snapshot: ResultSnapshot } {
  const parts: string[] = [];
  const bounds = [0];
  const choices = new Map<number, Take>();
  let length = 0;
  chunks.forEach((chunk, at) => {
    const resolution = Object.hasOwn(resolutions, chunk.id) ? resolutions[chunk.id] : undefined;
    if (resolution !== undefined) choices.set(at, resolution.take);
    const text = chunkResult(sides, chunk, resolution) ?? '';
    parts.push(text);
    length += text.length;
    bounds.push(length);
  });
  return { text: parts.join(''), snapshot: { bounds, choices } };
}

/** Settles chunk `at` by `resolution`, or takes the choice back where that is undefined. One step of the history. */
export function chooseChunk(
  state: EditorState,
  sides: SideLines,
  chunk: ViewChunk,
  at: number,
  resolution: ViewResolution | undefined,
): TransactionSpec {
  const { bounds, choices } = state.field(resultField);
  const [from, to] = partOf(bounds, at);
  const insert = chunkResult(sides, chunk, resolution) ?? '';
  const shift = insert.length - (to - from);
  const chosen = new Map(choices);
  if (resolution === undefined) chosen.delete(at);
  else chosen.set(at, resolution.take);
  const snapshot: ResultSnapshot = {
    bounds: bounds.map((bound, index) => (index > at ? bound + shift : bound)),
    choices: chosen,
  };
  return {
    changes: { from, to, insert },
    selection: { anchor: from },
    effects: restore.of(snapshot),
    annotations: isolateHistory.of('full'),
    userEvent: 'choice',
  };
}

/** Start and end of chunk `at` in the document. */
export function partOf(bounds: readonly number[], at: number): readonly [from: number, to: number] {
  const from = bounds[at] ?? 0;
  return [from, bounds[at + 1] ?? from];
}

/** Index of the chunk whose part holds `position`; at the border of two, the later one that is not empty. */
export function chunkAtPosition(bounds: readonly number[], position: number): number {
  let low = 0;
  let high = bounds.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((bounds[middle] ?? 0) <= position) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** All choices as the host takes them: what is not named is not settled. */
export function resolutionsOf(state: EditorState, chunks: readonly ViewChunk[]): ViewResolutions {
  const { bounds, choices } = state.field(resultField);
  const resolutions: Record<string, ViewResolution> = {};
  for (const [at, take] of choices) {
    const chunk = chunks[at];
    if (chunk === undefined) continue;
    const [from, to] = partOf(bounds, at);
    resolutions[chunk.id] =
      take === 'text' || take === 'proposal' ? { take, text: state.sliceDoc(from, to) } : { take };
  }
  return resolutions;
}

/** Indexes of the conflicts without a choice. */
export function openConflicts(snapshot: ResultSnapshot, chunks: readonly ViewChunk[]): readonly number[] {
  const open: number[] = [];
  chunks.forEach(({ kind }, at) => {
    if (kind === 'conflict' && !snapshot.choices.has(at)) open.push(at);
  });
  return open;
}

/**
 * Parts follow what was typed: a part that an edit touches becomes an edited one. Text typed at a border belongs to the part that starts
 * there, at the end of the document to the last part that has text. Parts stay whole lines: joining two lines moves the border.
 */
function afterTyping(snapshot: ResultSnapshot, transaction: Transaction): ResultSnapshot {
  const old = snapshot.bounds;
  const document = transaction.newDoc;
  const oldEnd = transaction.startState.doc.length;
  const last = old.length - 1;
  const bounds = old.map((bound, index) => {
    if (index === 0) return 0;
    if (index === last) return document.length;
    return transaction.changes.mapPos(bound, bound === oldEnd && oldEnd > 0 ? 1 : -1);
  });
  const touched = touchedParts(old, bounds, transaction);
  alignToLines(bounds, touched, document);
  if (touched.size === 0) return { bounds, choices: snapshot.choices };
  const choices = new Map(snapshot.choices);
  for (const at of touched) choices.set(at, 'text');
  return { bounds, choices };
}

function touchedParts(
  old: readonly number[],
  bounds: readonly number[],
  transaction: Transaction,
): Set<number> {
  const touched = new Set<number>();
  transaction.changes.iterChangedRanges((fromOld, toOld, fromNew, toNew) => {
    for (let at = 0; at < old.length - 1; at++) {
      const [oldFrom, oldTo] = partOf(old, at);
      const [newFrom, newTo] = partOf(bounds, at);
      if ((fromOld < oldTo && toOld > oldFrom) || (fromNew < newTo && toNew > newFrom)) touched.add(at);
    }
  });
  return touched;
}

function alignToLines(bounds: number[], touched: Set<number>, document: Text): void {
  for (let index = 1; index < bounds.length - 1; index++) {
    const previous = bounds[index - 1] ?? 0;
    const bound = bounds[index] ?? 0;
    let aligned = Math.max(bound, previous);
    if (aligned > 0 && (touched.has(index - 1) || aligned > bound)) {
      const line = document.lineAt(aligned);
      if (line.from !== aligned) aligned = Math.min(line.to + 1, document.length);
    }
    if (aligned === bound) continue;
    const [, end] = partOf(bounds, index);
    // The part above takes the rest of the line, the part below loses it; an open conflict between them has no text to lose.
    if (aligned > previous) touched.add(index - 1);
    if (end > bound) touched.add(index);
    bounds[index] = aligned;
  }
}
