import assert from 'node:assert/strict';
import { history, redo, undo } from '@codemirror/commands';
import { EditorState } from '@codemirror/state';
import fc from 'fast-check';
import { applyResolutions, type Sides } from '../../../src/core/merge/resolutions.ts';
import { mergeText } from '../../../src/core/merge/text-merge.ts';
import type { Resolution } from '../../../src/core/merge/types.ts';
import { inEnglish } from '../../../src/editor/model/translate.ts';
import { viewDocument } from '../../../src/editor/review/review-model.ts';
import { resultDigest } from '../../../src/protocol/text-digest.ts';
import type { ViewDocument, ViewResolution } from '../../../src/protocol/review-view.ts';
import { sideLines } from '../../../webview-ui/review/model/result-text.ts';
import {
  chooseChunk,
  chunkAtPosition,
  initialResult,
  openConflicts,
  partOf,
  resolutionsOf,
  resultExtension,
  resultField,
  type SideTake,
} from '../../../webview-ui/review/result/result-state.ts';
import { ReviewDraft } from '../../support/review-draft.ts';

/** A result without a view: three texts, then choices and typing, then its parts for a person to read. */
class Result {
  readonly view: ViewDocument;
  state: EditorState;

  constructor(sides: Sides, resolutions: Readonly<Record<string, ViewResolution>> = {}) {
    this.view = viewDocument(
      new ReviewDraft({ documents: { 'SKILL.md': sides } }).document('SKILL.md'),
      inEnglish,
    );
    const { text, snapshot } = initialResult(sideLines(this.view), this.view.chunks, resolutions);
    this.state = EditorState.create({ doc: text, extensions: [history(), resultExtension(snapshot)] });
  }

  choose(id: string, resolution: ViewResolution | undefined): this {
    const at = this.view.chunks.findIndex((chunk) => chunk.id === id);
    const chunk = this.view.chunks[at];
    assert.ok(chunk);
    const spec = chooseChunk(this.state, sideLines(this.view), chunk, at, resolution);
    this.state = this.state.update(spec).state;
    return this;
  }

  take(id: string, take: SideTake): this {
    return this.choose(id, { take });
  }

  /** Replaces the first occurrence of `old` by typing. */
  type(old: string, insert: string): this {
    const from = this.state.doc.toString().indexOf(old);
    assert.ok(from >= 0, old);
    return this.typeAt(from, from + old.length, insert);
  }

  typeAt(from: number, to: number, insert: string): this {
    this.state = this.state.update({ changes: { from, to, insert }, userEvent: 'input.type' }).state;
    return this;
  }

  undo(): this {
    undo({ state: this.state, dispatch: (transaction) => (this.state = transaction.state) });
    return this;
  }

  redo(): this {
    redo({ state: this.state, dispatch: (transaction) => (this.state = transaction.state) });
    return this;
  }

  get open(): readonly (string | undefined)[] {
    const { chunks } = this.view;
    return openConflicts(this.state.field(resultField), chunks).map((at) => chunks[at]?.id);
  }

  get resolutions() {
    return resolutionsOf(this.state, this.view.chunks);
  }

  /** `c1 local | one⏎` for each chunk: its choice, its text. */
  get parts(): readonly string[] {
    const { bounds, choices } = this.state.field(resultField);
    return this.view.chunks.map(({ id, kind }, at) => {
      const [from, to] = partOf(bounds, at);
      const text = this.state.sliceDoc(from, to).replaceAll('\n', '⏎');
      return `${id} ${choices.get(at) ?? (kind === 'conflict' ? 'open' : kind)} | ${text}`;
    });
  }
}

const CONFLICT: Sides = { base: 'a\nb\nc\n', local: 'a\nL\nc\n', upstream: 'a\nU\nc\n' };

describe('the result', () => {
  it('has no text for an open conflict', () => {
    assert.deepEqual(new Result(CONFLICT).parts, ['c1 unchanged | a⏎', 'c2 open | ', 'c3 unchanged | c⏎']);
  });

  it('takes either side, both in either order, or the old text', () => {
    const part = (take: SideTake) => new Result(CONFLICT).take('c2', take).parts[1];
    assert.equal(part('local'), 'c2 local | L⏎');
    assert.equal(part('upstream'), 'c2 upstream | U⏎');
    assert.equal(part('base'), 'c2 base | b⏎');
    assert.equal(part('local_then_upstream'), 'c2 local_then_upstream | L⏎U⏎');
    assert.equal(part('upstream_then_local'), 'c2 upstream_then_local | U⏎L⏎');
  });

  it('undoes choices and typing in the order they were made, and redoes them', () => {
    const result = new Result(CONFLICT).take('c2', 'local').type('L', 'Lx').take('c2', 'upstream');
    const at = (step: Result) => step.parts[1];
    assert.equal(at(result), 'c2 upstream | U⏎');
    assert.equal(at(result.undo()), 'c2 text | Lx⏎');
    assert.equal(at(result.undo()), 'c2 local | L⏎');
    assert.equal(at(result.undo()), 'c2 open | ');
    assert.equal(at(result.redo()), 'c2 local | L⏎');
    assert.equal(at(result.redo()), 'c2 text | Lx⏎');
    assert.equal(at(result.redo()), 'c2 upstream | U⏎');
  });

  it('opens a conflict again when its choice is taken back', () => {
    const result = new Result(CONFLICT).take('c2', 'local');
    assert.deepEqual(result.open, []);
    assert.deepEqual(result.choose('c2', undefined).open, ['c2']);
    assert.deepEqual(result.resolutions, {});
  });

  it('lets any chunk be overridden, not only conflicts', () => {
    const result = new Result({ base: 'a\nb\nc\n', local: 'a\nb\nc\n', upstream: 'a\nU\nc\n' });
    const changed = result.view.chunks.find(({ kind }) => kind === 'upstream');
    assert.ok(changed);
    assert.deepEqual(result.take(changed.id, 'local').resolutions, { [changed.id]: { take: 'local' } });
    assert.equal(result.state.doc.toString(), 'a\nb\nc\n');
  });

  it('makes the part that is typed in an edited one, and leaves the others as they are', () => {
    const result = new Result(CONFLICT).take('c2', 'local').type('c', 'C');
    assert.deepEqual(result.parts, ['c1 unchanged | a⏎', 'c2 local | L⏎', 'c3 text | C⏎']);
    assert.deepEqual(result.resolutions, { c2: { take: 'local' }, c3: { take: 'text', text: 'C\n' } });
  });

  it('does not settle an open conflict by typing beside it', () => {
    const result = new Result(CONFLICT).type('c', 'xc').type('a', 'ay');
    assert.deepEqual(result.parts, ['c1 text | ay⏎', 'c2 open | ', 'c3 text | xc⏎']);
  });

  it('keeps parts whole lines when two lines are joined', () => {
    const result = new Result(CONFLICT).take('c2', 'local').type('L\n', 'L');
    assert.deepEqual(result.parts, ['c1 unchanged | a⏎', 'c2 text | Lc⏎', 'c3 text | ']);
    assert.deepEqual(result.undo().parts, ['c1 unchanged | a⏎', 'c2 local | L⏎', 'c3 unchanged | c⏎']);
  });

  it('gives what is typed at the end to the last part with text', () => {
    const result = new Result({ base: 'a\nb\n', local: 'a\nL\n', upstream: 'a\nU\n' });
    const end = result.state.doc.length;
    assert.deepEqual(result.typeAt(end, end, 'more').parts, ['c1 text | a⏎more', 'c2 open | ']);
  });

  it('starts from the choices that the host has', () => {
    const result = new Result(CONFLICT, { c2: { take: 'text', text: 'mine' } });
    assert.deepEqual(result.parts, ['c1 unchanged | a⏎', 'c2 text | mine⏎', 'c3 unchanged | c⏎']);
    assert.deepEqual(result.open, []);
  });

  it('finds the part at a position, the later one at a border', () => {
    assert.deepEqual(
      [0, 1, 2, 3, 9].map((position) => chunkAtPosition([0, 2, 2, 5], position)),
      [0, 0, 2, 2, 2],
    );
  });
});

/** What the host says of its result when these choices are made. */
function hostDigest(sides: Sides, resolutions: Readonly<Record<string, Resolution>>): string {
  const draft = new ReviewDraft({ documents: { 'SKILL.md': sides } });
  void draft.resolve('draft-1', { kind: 'chunks', path: 'SKILL.md', resolutions });
  return viewDocument(draft.document('SKILL.md'), inEnglish).state.resultDigest;
}

const line = fc.constantFrom('a', 'b', 'c', 'd', '', '# e');
const text = fc
  .tuple(fc.array(line, { maxLength: 8 }), fc.constantFrom('\n', '\r\n'), fc.boolean())
  .map(([lines, end, last]) => `${lines.join(end)}${last ? end : ''}`);
const resolution: fc.Arbitrary<Resolution> = fc.oneof(
  fc
    .constantFrom('base', 'local', 'upstream', 'local_then_upstream', 'upstream_then_local')
    .map((take) => ({ take })),
  fc
    .string()
    .map((typed) => ({ take: 'text' as const, text: typed.replaceAll('\r', '').replaceAll('\uFEFF', '') })),
);

describe('the result and the host', () => {
  it('agree on the text for every choice', () => {
    fc.assert(
      fc.property(
        text,
        text,
        text,
        fc.array(fc.option(resolution), { maxLength: 12 }),
        (base, local, upstream, choices) => {
          const sides = { base, local, upstream };
          const merge = mergeText(base, local, upstream);
          const resolutions: Record<string, Resolution> = {};
          merge.chunks.forEach(({ id, kind }, at) => {
            const chosen = choices[at] ?? (kind === 'conflict' ? { take: 'local' as const } : null);
            if (chosen !== null) resolutions[id] = chosen;
          });
          const host = applyResolutions(merge, sides, resolutions);
          const shown = new Result(sides, resolutions);
          assert.deepEqual(shown.open, host.unresolved);
          assert.equal(resultDigest(shown.state.doc.toString()), hostDigest(sides, resolutions));
        },
      ),
      { numRuns: 400 },
    );
  });

  it('agree after typing anything anywhere', () => {
    const edits = fc.array(fc.tuple(fc.nat(40), fc.nat(6), fc.constantFrom('', 'x', '\n', 'y\nz', 'w\n')), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(text, text, text, edits, (base, local, upstream, typed) => {
        const sides = { base, local, upstream };
        const result = new Result(sides);
        fc.pre(result.view.chunks.length > 0);
        for (const { id, kind } of result.view.chunks)
          if (kind === 'conflict') result.take(id, 'upstream_then_local');
        for (const [at, length, insert] of typed) {
          const from = Math.min(at, result.state.doc.length);
          result.typeAt(from, Math.min(from + length, result.state.doc.length), insert);
        }
        const { bounds } = result.state.field(resultField);
        assert.ok(bounds.every((bound, at) => at === 0 || bound >= (bounds[at - 1] ?? 0)));
        assert.equal(resultDigest(result.state.doc.toString()), hostDigest(sides, result.resolutions));
      }),
      { numRuns: 400 },
    );
  });

  it('comes back to the first state when everything is undone', () => {
    const edits = fc.array(fc.tuple(fc.nat(40), fc.nat(6), fc.constantFrom('', 'x', '\n', 'y\nz')), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(text, text, text, edits, (base, local, upstream, typed) => {
        const result = new Result({ base, local, upstream });
        fc.pre(result.view.chunks.length > 0);
        const before = result.parts;
        for (const [at, length, insert] of typed) {
          const from = Math.min(at, result.state.doc.length);
          result.typeAt(from, Math.min(from + length, result.state.doc.length), insert);
          const chunk = result.view.chunks[at % Math.max(result.view.chunks.length, 1)];
          if (chunk !== undefined) result.take(chunk.id, 'base');
        }
        for (let step = 0; step < 2 * typed.length; step++) result.undo();
        assert.deepEqual(result.parts, before);
      }),
      { numRuns: 300 },
    );
  });
});
