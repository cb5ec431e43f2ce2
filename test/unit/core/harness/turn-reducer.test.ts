import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Said } from '../../../support/turn-history.ts';
import { TurnHistory } from '../../../support/turn-history.ts';

const TOOL = { event: 'tool_started', id: 't', subject: 'Bash', turn_id: 'two' } as const;
const TOOL_END = { event: 'tool_ended', id: 't', turn_id: 'two' } as const;
const PROMPT = { event: 'prompt_submitted', turn_id: 'two' } as const;
const END = { event: 'turn_ended', turn_id: 'two' } as const;

const runs = ({ state }: TurnHistory): boolean => state.phase === 'active';

describe('What is known of a session', () => {
  it('is the same in whatever order the hooks of a turn arrive, once all are there', () => {
    const sent: readonly Said[] = [PROMPT, TOOL, TOOL_END, END];
    const orders = sent.flatMap((a) =>
      sent.flatMap((b) => sent.flatMap((c) => sent.map((d) => [a, b, c, d]))),
    );
    for (const order of orders.filter((one) => new Set(one).size === sent.length)) {
      const history = TurnHistory.quiet();
      const from = history.now;
      for (const said of order) history.tellAt(from + 1000 * sent.indexOf(said), said);
      history.now = from + 10_000;
      history.settle();
      assert.deepEqual(history.kinds(), [], order.map(({ event }) => event).join(' '));
    }
  });

  it('is the same when every hook comes twice', () => {
    const history = TurnHistory.quiet();
    for (const said of [PROMPT, TOOL, TOOL_END, END]) history.tell(said).tellAt(history.now, said);
    assert.deepEqual(history.settle().kinds(), []);
  });

  it('is not taken back by the end of an earlier turn that comes late', () => {
    for (const turn_id of ['two', null]) {
      const history = TurnHistory.quiet().tell({ ...PROMPT, turn_id });
      const ended = history.now + 500;
      history.tell({ ...PROMPT, turn_id: turn_id === null ? null : 'three' });
      history.tellAt(ended, { ...END, turn_id });
      assert.ok(history.kinds().includes('model_streaming'), String(turn_id));
    }
  });

  it('keeps the newest list of what runs behind when an older one comes late', () => {
    const history = TurnHistory.quiet().tell(PROMPT);
    const first = history.now + 1;
    history.tell({ ...END, turn_id: null, background_tasks: [{ id: 'a', label: 'shell', durable: false }] });
    history.tellAt(first, { ...END, turn_id: null, background_tasks: [] });
    assert.deepEqual(history.settle().kinds(), ['background_task']);
  });

  it('is blocked by a tool whose end got lost until a whole turn later, or until the transcript shows its end', () => {
    const lost = (): TurnHistory => TurnHistory.quiet().tell(PROMPT).tell(TOOL).tell(END).settle();
    assert.deepEqual(lost().kinds(), ['tool_running']);
    const later = lost()
      .tell({ ...PROMPT, turn_id: 'three' })
      .tell({ ...END, turn_id: 'three' });
    assert.deepEqual(later.settle().kinds(), []);
    const seen = lost().tell({ event: 'idle_confirmed', source: 'transcript', open_ids: [] });
    assert.deepEqual(seen.settle().kinds(), []);
    const open = lost().tell({ event: 'idle_confirmed', source: 'transcript', open_ids: ['t'] });
    assert.deepEqual(open.settle().kinds(), ['tool_running']);
  });

  it('is blocked by what began after another source saw that nothing runs, whenever that is told', () => {
    const history = TurnHistory.quiet();
    const seen = history.now;
    history.tell({ event: 'compaction_started' }).settle();
    history.tellAt(seen, { event: 'idle_confirmed', source: 'transcript', open_ids: [] });
    assert.deepEqual(history.kinds(), ['compaction']);
  });

  it('is blocked by a turn whose end got lost until another source sees that none runs', () => {
    const history = TurnHistory.quiet().tell(PROMPT).settle();
    assert.ok(history.kinds().includes('model_streaming'));
    history.tell({ event: 'idle_confirmed', source: 'app_server' }).settle();
    assert.deepEqual(history.kinds(), []);
  });

  it('is blocked by a tool whose prompt got lost', () => {
    const history = TurnHistory.quiet().tell(TOOL);
    assert.deepEqual(history.kinds(), ['model_streaming', 'tool_running', 'unflushed_transcript']);
    history.tell(TOOL_END);
    assert.ok(history.kinds().includes('model_streaming'));
    assert.deepEqual(history.tell(END).settle().kinds(), []);
  });

  it('is blocked by a subagent across turns, until it ends or a list of what runs behind takes its place', () => {
    const history = TurnHistory.quiet()
      .tell(PROMPT)
      .tell({ event: 'subagent_started', id: 'a', subject: 'reviewer' })
      .tell(END)
      .tell({ ...PROMPT, turn_id: 'three' })
      .tell({ ...END, turn_id: 'three' })
      .settle();
    assert.deepEqual(history.kinds(), ['subagent_running']);
    history.tell({ ...PROMPT, turn_id: 'four' });
    history.tell({ ...END, turn_id: 'four', background_tasks: [] }).settle();
    assert.deepEqual(history.kinds(), []);
  });

  it('lets the end of a tool answer the permission that was asked for it by name', () => {
    const history = TurnHistory.quiet()
      .tell(PROMPT)
      .tell(TOOL)
      .tell({ event: 'permission_asked', subject: 'Bash' });
    assert.ok(history.kinds().includes('permission_prompt'));
    assert.ok(!history.tell(TOOL_END).kinds().includes('permission_prompt'));
  });

  it('is not touched by a harness that a tool of this one started', () => {
    const history = TurnHistory.quiet().tell(PROMPT).tell(TOOL);
    const before = history.state;
    for (const subject of ['startup', 'resume', 'clear']) {
      history.tell({ event: 'session_started', session_id: 'inner', subject });
    }
    history.tell({ event: 'turn_ended', session_id: 'inner' });
    assert.equal(history.state, before);
  });

  it('learns the id of a session from whatever is told first, where the program chooses it', () => {
    const history = new TurnHistory({ sessionId: null }).tell({ event: 'turn_ended', session_id: 'chosen' });
    assert.equal(history.state.sessionId, 'chosen');
    assert.equal(history.state.generation, 0);
    const started = new TurnHistory({ sessionId: null });
    started.tell({ event: 'session_started', session_id: 'chosen', subject: 'startup' });
    assert.deepEqual(
      [started.state.sessionId, started.state.generation, started.state.phase],
      ['chosen', 0, 'idle'],
    );
  });

  it('R12: is of another session after it was cleared, forked or resumed, and what was decided before holds no more', () => {
    const history = TurnHistory.quiet()
      .tell({ event: 'session_ended', subject: 'clear' })
      .tell({ event: 'session_started', session_id: 'two', subject: 'clear' });
    assert.equal(history.state.sessionId, 'two');
    assert.equal(history.state.generation, 1);
    assert.equal(history.state.phase, 'idle');
  });

  it('stays in its turn when a compaction in the middle of it starts the session anew', () => {
    const history = TurnHistory.quiet()
      .tell(PROMPT)
      .tell({ event: 'compaction_started' })
      .tell({ event: 'session_started', subject: 'compact' });
    assert.ok(history.kinds().includes('model_streaming'));
    assert.ok(!history.kinds().includes('compaction'));
  });

  it('takes the transcript for written only when that was seen after its last change', () => {
    const history = TurnHistory.quiet().tell({ event: 'transcript_changed', source: 'transcript' });
    const seen = history.now + 1;
    history.tell({ event: 'transcript_changed', source: 'transcript' });
    history.tellAt(seen, { event: 'transcript_flushed', source: 'transcript' });
    assert.deepEqual(history.kinds(), ['unflushed_transcript']);
  });

  it('never allows a restart while something is known to be open, whatever is told and in whatever order', () => {
    const ids = fc.constantFrom('a', 'b', 'c');
    const turn_id = fc.constantFrom('t1', 't2', 't3', null);
    const said = fc.oneof(
      fc.record({
        event: fc.constantFrom(
          'tool_started',
          'tool_ended',
          'permission_asked',
          'permission_answered',
          'question_asked',
          'question_answered',
          'callback_started',
          'callback_ended',
        ),
        id: ids,
        turn_id,
      }),
      fc.record({
        event: fc.constantFrom('prompt_submitted', 'turn_ended', 'turn_failed', 'session_started'),
        turn_id,
      }),
      fc.record({
        event: fc.constantFrom('interrupt_pressed', 'input_submitted', 'draft_cleared', 'output_seen'),
        source: fc.constant('terminal' as const),
      }),
      fc.record({
        event: fc.constant('jobs_seen'),
        source: fc.constant('job_registry' as const),
        background_tasks: fc.array(fc.record({ id: ids, label: ids, durable: fc.boolean() }), {
          maxLength: 2,
        }),
      }),
      fc.record({ event: fc.constant('task_ended'), id: ids }),
      fc.constant({ event: 'idle_confirmed', source: 'transcript' } as const),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(said, fc.integer({ min: 1, max: 5000 })), { maxLength: 60 }),
        (signals) => {
          const history = TurnHistory.quiet();
          // The oracle knows only what every reading of the signals has to agree on: what began since the last turn began, and has
          // not ended since.
          const open = new Set<string>();
          let jobs = new Set<string>();
          for (const [one, after] of signals as readonly (readonly [Said, number])[]) {
            const idle = !runs(history);
            history.tell(one, after);
            const [noun, what] = one.event.split('_');
            const key = `${String(noun)} ${String(one.id)}`;
            const begins = what === 'started' || what === 'asked';
            if (idle && runs(history)) open.clear();
            if (one.event === 'jobs_seen') {
              jobs = new Set(one.background_tasks?.filter((job) => !job.durable).map(({ id }) => id));
            } else if (one.event === 'task_ended') jobs.delete(String(one.id));
            else if (one.id !== undefined && begins && !history.state.closed.includes(key)) open.add(key);
            else if (one.id !== undefined && !begins) {
              open.delete(key);
              if (noun === 'tool') open.delete(`permission ${one.id}`);
            }
            // Once interrupted, a turn with nothing open in it is over when the terminal stays quiet.
            const running = runs(history) && history.state.interruptedAt === null;
            if (running || open.size > 0 || jobs.size > 0) {
              assert.equal(history.asked().status, 'blocked', [...open, ...jobs].join(', '));
            }
          }
          history.settle();
          if (open.size > 0 || jobs.size > 0) assert.equal(history.asked().status, 'blocked');
        },
      ),
      { numRuns: 500 },
    );
  });
});
