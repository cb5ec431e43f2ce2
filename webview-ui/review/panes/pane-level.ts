import { BlockType, type BlockInfo, type EditorView } from '@codemirror/view';
import type { ViewChunk } from '../../../src/protocol/review-view.ts';
import { CUT_KEY, chunkOfLine, cutAt, segmentsOf, type Cut, type Segment } from '../model/segments.ts';
import type { SideLines } from '../model/result-text.ts';
import { LENS_HEIGHT } from './lens.ts';
import type { Side } from './pane-marks.ts';
import { placesOf, type Places } from './places.ts';
import { placeSpacers, type BetweenLines, type Spacers } from './spacers.ts';

export const SIDES: readonly Side[] = ['base', 'local', 'upstream'];

export interface LevelledDocument {
  readonly sides: SideLines;
  readonly chunks: readonly ViewChunk[];
  /** The panes have been levelled. */
  readonly moved: () => void;
}

/** Levellings without a pause after which it is left as it is: heights that answer each other must not keep a machine busy. */
const MAX_ROUNDS = 24;
/** Milliseconds without a levelling that make a pause. */
const PAUSE = 250;

/** Keeps three editors in one scroller level, chunk by chunk, with empty height between their lines. */
export class PaneLevel {
  readonly #views: Readonly<Record<Side, EditorView>>;
  readonly #scroller: HTMLElement;
  readonly #document: LevelledDocument;
  readonly #spacers: Record<Side, Spacers>;
  #segments: readonly Segment[];
  #places: Readonly<Record<Side, Places>>;
  #cut: Cut | undefined;
  #rounds = 0;
  #levelled = 0;
  /** Where the last levelling scrolled to, to tell it from a person's scrolling. */
  #shiftedTo = -1;
  #scheduled = false;
  #disposed = false;
  /** A jump holds its own place in view while heights are measured. */
  jumping = false;

  constructor(views: Readonly<Record<Side, EditorView>>, scroller: HTMLElement, document: LevelledDocument) {
    this.#views = views;
    this.#scroller = scroller;
    this.#document = document;
    this.#segments = segmentsOf(document.chunks, undefined);
    this.#spacers = { base: new Map(), local: new Map(), upstream: new Map() };
    this.#places = this.#placesOfAll();
  }

  dispose(): void {
    this.#disposed = true;
  }

  /** Where the rows of actions of the conflicts stand, in document order. */
  lensPlaces(side: Side): readonly BetweenLines[] {
    return this.#places[side].lens;
  }

  /** After each scroll: a person's scrolling begins anew what the levelling may do. */
  scrolled(): void {
    if (this.#scroller.scrollTop !== this.#shiftedTo) this.#rounds = 0;
  }

  /** Top and bottom of a chunk in the scroller, in pixels; where it is not on the page they are estimates. */
  chunkTop(chunk: number): number {
    const { chunks } = this.#document;
    const found = chunks[chunk];
    if (found === undefined) return this.#views.local.contentHeight;
    const side = longestSide(found);
    if (found[side][0] >= found[side][1]) return this.chunkTop(chunk + 1);
    return this.#lineTop(side, found[side][0]) - (found.kind === 'conflict' ? LENS_HEIGHT : 0);
  }

  chunkBottom(chunk: number): number {
    return this.chunkTop(chunk + 1);
  }

  /** The chunk at this height, and how far through it, from 0 to 1. */
  chunkAt(y: number): { readonly chunk: number; readonly fraction: number } {
    const { from } = this.#views.local.lineBlockAtHeight(y);
    let chunk = this.chunkAtPosition('local', from);
    // A spacer stands above the line after it and belongs to the chunk before that.
    while (chunk > 0 && this.chunkTop(chunk) > y + 1) chunk -= 1;
    const top = this.chunkTop(chunk);
    const height = this.chunkBottom(chunk) - top;
    return { chunk, fraction: height <= 0 ? 0 : Math.min(Math.max((y - top) / height, 0), 1) };
  }

  /** Index of the chunk at a position of a pane's text. */
  chunkAtPosition(side: Side, position: number): number {
    return chunkOfLine(this.#document.chunks, side, this.#lineAt(side, position));
  }

  #lineAt(side: Side, position: number): number {
    return this.#views[side].state.doc.lineAt(position).number - 1;
  }

  /**
   * Once a frame: after a scroll all three panes have measured what came into view when the frame's callbacks run, so that one look at
   * them is enough and happens before the paint.
   */
  schedule(): void {
    if (this.#scheduled || this.#disposed) return;
    this.#scheduled = true;
    requestAnimationFrame(() => {
      this.#scheduled = false;
      const now = performance.now();
      if (now - this.#levelled > PAUSE) this.#rounds = 0;
      this.#levelled = now;
      this.#rounds += 1;
      if (!this.#disposed && this.#rounds <= MAX_ROUNDS) this.#level();
    });
  }

  /**
   * Levels what all three panes have on the page; everything else keeps the spacers it has, for its heights are estimates. What is in view
   * stays where it is.
   */
  #level(): void {
    const seen = this.#views.local.lineBlockAtHeight(this.#scroller.scrollTop).from;
    const line = this.#lineAt('local', seen);
    const before = this.#lineTop('local', line);
    this.#cutAboveScreen();
    const start = this.#firstSegment();
    const wanted = {
      base: new Map(this.#spacers.base),
      local: new Map(this.#spacers.local),
      upstream: new Map(this.#spacers.upstream),
    };
    const pad = (at: number, heights: Readonly<Record<Side, number>>) => {
      const row = Math.max(heights.base, heights.local, heights.upstream);
      const key = this.#segments[at]?.key;
      for (const side of SIDES) {
        const place = this.#places[side].end[at];
        if (key === undefined || place === undefined) continue;
        wanted[side].set(key, { ...place, height: row - heights[side] });
      }
    };
    if (start > 0)
      pad(
        start - 1,
        this.#eachSide((side) => this.#segmentBottom(side, start - 1)),
      );
    for (let at = start; at < this.#segments.length; at++) {
      const segment = this.#segments[at];
      if (segment === undefined || this.#endsBelowPage(segment)) break;
      pad(
        at,
        this.#eachSide((side) => this.#contentHeight(side, segment)),
      );
    }
    for (const side of SIDES) {
      this.#spacers[side] = placeSpacers(this.#views[side], this.#spacers[side], wanted[side]);
    }
    const shift = this.#lineTop('local', line) - before;
    if (!this.jumping && Math.abs(shift) >= 1) {
      this.#scroller.scrollTop += shift;
      this.#shiftedTo = this.#scroller.scrollTop;
    }
    this.#document.moved();
  }

  #eachSide(measure: (side: Side) => number): Readonly<Record<Side, number>> {
    return { base: measure('base'), local: measure('local'), upstream: measure('upstream') };
  }

  /** The segment that starts the levelling: the one after the cut, or the one above the screen; always below an unchanged one. */
  #firstSegment(): number {
    const cut = this.#cut;
    const chunk = cut?.chunk ?? chunkOfLine(this.#document.chunks, 'local', this.#lineAtTop());
    let at = this.#segments.findIndex((segment) => segment.chunk === chunk && segment.key !== CUT_KEY);
    while (at > 0 && !SIDES.every((side) => hasLines(this.#segments[at - 1], side))) at -= 1;
    return Math.max(at, 0);
  }

  /** Local's line at the top of the screen. */
  #lineAtTop(): number {
    return this.#lineAt('local', this.#views.local.lineBlockAtHeight(this.#scroller.scrollTop).from);
  }

  /** Such a segment has lines with estimated heights, and a spacer among those would change the estimates. */
  #endsBelowPage(segment: Segment): boolean {
    return SIDES.some((side) => {
      const { to } = this.#views[side].viewport;
      return this.#document.sides[side].offset(segment[side][1]) > to;
    });
  }

  /** Bottom of a segment's last line in a pane. */
  #segmentBottom(side: Side, at: number): number {
    const end = this.#segments[at]?.[side][1] ?? 0;
    if (end <= 0) return 0;
    return textBlock(this.#views[side].lineBlockAt(this.#document.sides[side].offset(end - 1))).bottom;
  }

  #lineTop(side: Side, line: number): number {
    return textBlock(this.#views[side].lineBlockAt(this.#document.sides[side].offset(line))).top;
  }

  /**
   * Levels a long unchanged chunk once more, at the line that is at the top of the screen. A cut stays as long as it serves, that is above
   * the screen and on the page in all panes: moving it moves heights, which would ask for the next move.
   */
  #cutAboveScreen(): void {
    const { chunks } = this.#document;
    const cut = this.#cut;
    const found = cut === undefined ? undefined : chunks[cut.chunk];
    if (cut !== undefined && found !== undefined) {
      const onPage = SIDES.every(
        (side) =>
          this.#document.sides[side].offset(found[side][0] + cut.lines) >= this.#views[side].viewport.from,
      );
      if (onPage && this.#lineTop('local', found.local[0] + cut.lines) <= this.#scroller.scrollTop) return;
    }
    const wanted = cutAt(chunks, this.#lineAtTop());
    if (cut === undefined && wanted === undefined) return;
    this.#cut = wanted;
    this.#segments = segmentsOf(chunks, wanted);
    this.#places = this.#placesOfAll();
    for (const side of SIDES) {
      const kept = new Map(this.#spacers[side]);
      kept.delete(CUT_KEY);
      this.#spacers[side] = placeSpacers(this.#views[side], this.#spacers[side], kept);
    }
  }

  #placesOfAll(): Readonly<Record<Side, Places>> {
    const { sides } = this.#document;
    return {
      base: placesOf('base', this.#segments, sides),
      local: placesOf('local', this.#segments, sides),
      upstream: placesOf('upstream', this.#segments, sides),
    };
  }

  /** Height of the segment's own lines, without spacers and lenses. */
  #contentHeight(side: Side, segment: Segment): number {
    const [start, end] = segment[side];
    if (start >= end) return 0;
    const view = this.#views[side];
    const lines = this.#document.sides[side];
    const first = textBlock(view.lineBlockAt(lines.offset(start)));
    const last = end - start === 1 ? first : textBlock(view.lineBlockAt(lines.offset(end - 1)));
    return last.bottom - first.top;
  }
}

function hasLines(segment: Segment | undefined, side: Side): boolean {
  return segment !== undefined && segment[side][1] > segment[side][0];
}

function longestSide(chunk: ViewChunk): Side {
  const length = (side: Side) => chunk[side][1] - chunk[side][0];
  return SIDES.reduce((longest, side) => (length(side) > length(longest) ? side : longest), 'local');
}

/** A line with block widgets around it is a block of blocks: the line alone. */
function textBlock(block: BlockInfo): BlockInfo {
  if (!Array.isArray(block.type)) return block;
  const parts: readonly BlockInfo[] = block.type;
  return parts.find((part) => part.type === BlockType.Text) ?? block;
}
