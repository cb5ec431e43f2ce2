import { RangeSet, RangeSetBuilder, type EditorState, type Extension } from '@codemirror/state';
import {
  Decoration,
  EditorView,
  GutterMarker,
  ViewPlugin,
  WidgetType,
  gutter,
  type DecorationSet,
  type ViewUpdate,
} from '@codemirror/view';
import type { ViewChunk } from '../../../src/protocol/review-view.ts';
import { chunkAtPosition, openConflicts, partOf, resultField, type Take } from './result-state.ts';

export type Origin = 'base' | 'local' | 'upstream' | 'both' | 'edited' | 'model';

/** Where a part of the result comes from; undefined where all three agree. */
export function originOf(chunk: ViewChunk, take: Take | undefined): Origin | undefined {
  switch (take) {
    case 'base':
    case 'local':
    case 'upstream':
      return take;
    case 'local_then_upstream':
    case 'upstream_then_local':
      return 'both';
    case 'text':
      return 'edited';
    case 'proposal':
      return 'model';
    case undefined:
      break;
  }
  switch (chunk.kind) {
    case 'local':
    case 'upstream':
      return chunk.kind;
    case 'same':
    case 'merged':
      return 'both';
    case 'unchanged':
    case 'conflict':
      return undefined;
  }
}

/** Signs in the gutter, so that the origin is never told by colour alone. */
export const ORIGIN_SIGNS: Readonly<Record<Origin, string>> = {
  base: 'O',
  local: 'L',
  upstream: 'U',
  both: 'B',
  edited: 'E',
  model: 'M',
};

class OriginSign extends GutterMarker {
  readonly origin: Origin;
  override readonly elementClass: string;

  constructor(origin: Origin) {
    super();
    this.origin = origin;
    this.elementClass = `chunk-letter origin-sign-${origin}`;
  }

  override eq(other: OriginSign): boolean {
    return other.origin === this.origin;
  }

  override toDOM(): Text {
    return document.createTextNode(ORIGIN_SIGNS[this.origin]);
  }
}

const ORIGINS: readonly Origin[] = ['base', 'local', 'upstream', 'both', 'edited', 'model'];
const SIGNS = new Map(ORIGINS.map((origin) => [origin, new OriginSign(origin)]));
const LINES = new Map(
  ORIGINS.map((origin) => [origin, Decoration.line({ class: `chunk-line origin-${origin}` })]),
);
const CURRENT = Decoration.line({ class: 'chunk-current' });

/** What stands in the result for a conflict that nobody settled. */
class OpenConflict extends WidgetType {
  readonly chunk: number;
  readonly text: string;
  readonly current: boolean;

  constructor(chunk: number, text: string, current: boolean) {
    super();
    this.chunk = chunk;
    this.text = text;
    this.current = current;
  }

  override eq(other: OpenConflict): boolean {
    return other.chunk === this.chunk && other.text === this.text && other.current === this.current;
  }

  override toDOM(): HTMLElement {
    const element = document.createElement('div');
    element.className = `open-conflict${this.current ? ' is-current' : ''}`;
    element.dataset['chunk'] = String(this.chunk);
    const sign = document.createElement('span');
    sign.className = 'open-conflict-sign';
    sign.textContent = '!';
    sign.setAttribute('aria-hidden', 'true');
    element.append(sign, this.text);
    return element;
  }

  override get estimatedHeight(): number {
    return 24;
  }

  override ignoreEvent(): boolean {
    return false;
  }
}

export interface ResultMarksOptions {
  readonly chunks: readonly ViewChunk[];
  /** Index of the chunk the reviewer is at. */
  readonly current: (state: EditorState) => number | undefined;
  readonly openText: (chunk: number) => string;
}

/** Lines by origin where they can be seen, and a row for each open conflict. */
export function resultMarks(options: ResultMarksOptions): Extension {
  return [originMarks(options), placeholders(options)];
}

interface Marks {
  readonly lines: DecorationSet;
  readonly signs: RangeSet<GutterMarker>;
}

function originMarks({ chunks, current }: ResultMarksOptions): Extension {
  const plugin = ViewPlugin.define(
    (view) => ({
      marks: build(view, chunks, current(view.state)),
      update(update: ViewUpdate) {
        if (update.viewportChanged || update.docChanged || update.transactions.length > 0) {
          this.marks = build(update.view, chunks, current(update.state));
        }
      },
    }),
    { decorations: ({ marks }) => marks.lines },
  );
  return [
    plugin,
    gutter({
      class: 'chunk-gutter',
      markers: (view) => view.plugin(plugin)?.marks.signs ?? RangeSet.empty,
      lineMarkerChange: () => true,
    }),
  ];
}

function build(view: EditorView, chunks: readonly ViewChunk[], current: number | undefined): Marks {
  const lines = new RangeSetBuilder<Decoration>();
  const signs = new RangeSetBuilder<GutterMarker>();
  const { bounds, choices } = view.state.field(resultField);
  const { from, to } = view.viewport;
  for (let at = chunkAtPosition(bounds, from); at < chunks.length; at++) {
    const [start, end] = partOf(bounds, at);
    if (start > to) break;
    const chunk = chunks[at];
    const origin = chunk === undefined ? undefined : originOf(chunk, choices.get(at));
    if (origin === undefined && at !== current) continue;
    for (let position = Math.max(start, from); position < end && position <= to;) {
      const line = view.state.doc.lineAt(position);
      if (origin !== undefined) {
        const mark = LINES.get(origin);
        const sign = SIGNS.get(origin);
        if (mark !== undefined) lines.add(line.from, line.from, mark);
        if (sign !== undefined) signs.add(line.from, line.from, sign);
      }
      if (at === current) lines.add(line.from, line.from, CURRENT);
      position = line.to + 1;
    }
  }
  return { lines: lines.finish(), signs: signs.finish() };
}

function placeholders({ chunks, current, openText }: ResultMarksOptions): Extension {
  return EditorView.decorations.compute([resultField, 'selection'], (state) => {
    const snapshot = state.field(resultField);
    const at = current(state);
    return RangeSet.of(
      openConflicts(snapshot, chunks).map((chunk) =>
        Decoration.widget({
          widget: new OpenConflict(chunk, openText(chunk), chunk === at),
          block: true,
          side: -1,
        }).range(partOf(snapshot.bounds, chunk)[0]),
      ),
    );
  });
}
