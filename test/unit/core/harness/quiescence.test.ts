import assert from 'node:assert/strict';
import { BLOCKER_KINDS, quiescenceSchema } from '../../../../src/core/harness/blocker.ts';
import { mayStop, QUIET_POLICY, restartQuiescence } from '../../../../src/core/harness/quiescence.ts';
import { BLOCKER_CASES, type BlockerCase } from '../../../support/blocker-cases.ts';
import { LONG, type Said, TurnHistory } from '../../../support/turn-history.ts';

/** Begins `one` in `history`, late enough that no window of typing is open unless it is the case's own. */
function begin(history: TurnHistory, one: BlockerCase): void {
  for (const said of one.begin) history.tell(said);
}

function end(history: TurnHistory, one: BlockerCase): void {
  for (const said of one.end) history.tell(said);
  history.now += one.wait ?? 0;
}

/** Whatever ends everything that no other end ends: the turn, the windows, the transcript. */
function finish(history: TurnHistory): void {
  if (history.state.phase === 'active') history.tell({ event: 'turn_ended', turn_id: history.state.turnId });
  history.settle();
}

describe('Whether a session may be restarted', () => {
  it('has a case for each kind of blocker', () => {
    assert.deepEqual(
      BLOCKER_CASES.map(({ id, kind }) => [kind, id]),
      Object.entries(BLOCKER_KINDS),
    );
  });

  it('is ready when a turn is over, its transcript is written and nothing is going on', () => {
    assert.deepEqual(TurnHistory.quiet().asked(), { status: 'ready' });
  });

  for (const one of BLOCKER_CASES) {
    it(`${one.id}: ${one.kind} alone defers it, by name, source and since when; over, it is ready`, () => {
      const history = TurnHistory.quiet();
      begin(history, one);
      const began = history.now;
      // Typing and an interrupt are over by themselves after a while; nothing else is.
      if (one.id !== 'Q18' && one.id !== 'Q24') history.now += LONG;
      const asked = restartQuiescence(history.state, history.now);
      assert.ok(asked.status === 'blocked');
      assert.equal(quiescenceSchema.safeParse(asked).success, true);
      const named = asked.blockers.filter(({ kind }) => kind === one.kind);
      assert.equal(named.length, 1);
      assert.deepEqual(named[0], {
        kind: one.kind,
        source: one.source,
        since: new Date(one.id === 'Q01' ? began : Date.parse(named[0]?.since ?? '')).toISOString(),
        subject: one.subject,
      });
      assert.ok(Date.parse(named[0].since) <= began && Date.parse(named[0].since) > began - 2000);
      const rest = new Set(asked.blockers.map(({ kind }) => kind));
      for (const kind of [one.kind, ...(one.beside ?? []), 'unflushed_transcript' as const])
        rest.delete(kind);
      assert.deepEqual([...rest], []);
      end(history, one);
      finish(history);
      assert.deepEqual(history.asked(), { status: 'ready' });
    });
  }

  for (const [index, first] of BLOCKER_CASES.entries()) {
    for (const second of BLOCKER_CASES.slice(index + 1)) {
      it(`${first.id} and ${second.id} at once: each is named, and each defers it without the other`, () => {
        // An interrupt is the end of the turn that streams: whoever ends one ends both.
        const oneTurn = first.id === 'Q01' && second.id === 'Q24';
        for (const [a, b] of [
          [first, second],
          [second, first],
        ] as const) {
          const history = TurnHistory.quiet();
          // Typing is a matter of time: it comes last.
          for (const one of [a, b].toSorted((x, y) => Number(x.id === 'Q18') - Number(y.id === 'Q18'))) {
            // A key that leaves no draft takes the draft away: here, one is typed after it.
            if (one.id === 'Q18' && (a.id === 'Q07' || b.id === 'Q07')) {
              history.tell({ event: 'keys_typed', source: 'terminal' });
            } else begin(history, one);
          }
          const both = new Set(history.kinds());
          assert.ok(both.has(a.kind) && both.has(b.kind), `${a.id} ${b.id}: ${[...both].join(' ')}`);
          end(history, a);
          if (!oneTurn) assert.ok(history.kinds().includes(b.kind), `${b.id} does not defer after ${a.id}`);
          end(history, b);
          finish(history);
          assert.deepEqual(history.asked(), { status: 'ready' }, `${a.id} ${b.id}`);
        }
      });
    }
  }
});

describe('What is not known of a session', () => {
  const FACTS: readonly (readonly [string, ConstructorParameters<typeof TurnHistory>[0], string])[] = [
    ['whether it is kept', { persisted: null }, 'unknown: persistence'],
    ['whether both versions read what it keeps', { schemaCompatible: null }, 'unknown: schema'],
    ['whether there is a draft', { terminalWatched: false }, 'unknown: draft'],
    ['whether a turn runs, where the program does not tell', { signalled: false }, 'unknown: signals'],
    ['nothing: it is not kept (Q20)', { persisted: false }, 'session_not_persisted'],
    ['nothing: it is one shot (Q21)', { interactive: false }, 'one_shot'],
    [
      'nothing: the other version could not read it (Q15)',
      { schemaCompatible: false },
      'incompatible_schema',
    ],
  ];
  for (const [what, facts, word] of FACTS) {
    it(`Q22: defers a restart: ${what}`, () => {
      assert.deepEqual(TurnHistory.quiet(facts).words(), [word]);
    });
  }

  it('Q22: defers it before the first signal of the session, and before the registry of jobs was read', () => {
    const history = new TurnHistory();
    history.now += LONG;
    assert.deepEqual(history.words(), ['unknown: no_signal', 'unknown: jobs']);
    history.tell({ event: 'session_started', subject: 'startup' });
    history.now += LONG;
    assert.deepEqual(history.words(), ['unknown: jobs']);
    history.tell({ event: 'jobs_seen', source: 'job_registry', background_tasks: [] });
    assert.deepEqual(history.words(), []);
  });

  it('Q22: is said of a turn that tells nothing for a long time, which stays blocked', () => {
    const history = TurnHistory.quiet().tell({ event: 'prompt_submitted' });
    history.now += QUIET_POLICY.stale + 1;
    assert.deepEqual(history.words(), ['model_streaming', 'unflushed_transcript', 'unknown: no_signal']);
  });

  it('Q22: is said when something was sent off and no turn began, until a second source sees that none runs', () => {
    const history = TurnHistory.quiet()
      .tell({ event: 'keys_typed', source: 'terminal' })
      .tell({ event: 'input_submitted', source: 'terminal' });
    history.now += LONG;
    assert.deepEqual(history.words(), ['unknown: submitted']);
    history.tell({ event: 'idle_confirmed', source: 'transcript' });
    assert.deepEqual(history.words(), []);
  });

  it('is said until the end of a turn has settled, and while the terminal is being drawn on', () => {
    const history = TurnHistory.quiet().tell({ event: 'prompt_submitted' }).tell({ event: 'turn_ended' });
    history.tell({ event: 'transcript_flushed', source: 'transcript' }, 1);
    assert.deepEqual(history.words(), ['unknown: settling']);
    history.tell({ event: 'output_seen', source: 'terminal' }, QUIET_POLICY.settle);
    assert.deepEqual(history.words(), ['unknown: output']);
    history.now += QUIET_POLICY.output;
    assert.deepEqual(history.words(), []);
  });
});

describe('Blockers that come about in more than one way', () => {
  it('Q06: what is sent off during a turn is queued until it is delivered', () => {
    const history = TurnHistory.quiet()
      .tell({ event: 'prompt_submitted' })
      .tell({ event: 'input_submitted', source: 'terminal' });
    assert.ok(history.kinds().includes('queued_prompt'));
    history.tell({ event: 'turn_ended' });
    assert.ok(history.kinds().includes('queued_prompt'));
    history.tell({ event: 'prompt_submitted' }, 10);
    assert.ok(!history.kinds().includes('queued_prompt'));
  });

  it('Q09: a turn that was made to go on once may be again, even where nothing is heard of it for a while', () => {
    const history = TurnHistory.quiet()
      .tell({ event: 'prompt_submitted', turn_id: 'two' })
      .tell({ event: 'turn_ended', turn_id: 'two', continued: true })
      .tell({ event: 'transcript_flushed', source: 'transcript' });
    history.now += QUIET_POLICY.settle;
    assert.deepEqual(history.kinds(), ['auto_continuation']);
    // The same turn does something again: it is not over.
    history.tell({ event: 'tool_started', turn_id: 'two', id: 'later', subject: 'Bash' });
    assert.deepEqual(history.kinds(), ['model_streaming', 'tool_running', 'unflushed_transcript']);
    history.tell({ event: 'tool_ended', turn_id: 'two', id: 'later' });
    history.now += LONG;
    assert.ok(history.kinds().includes('model_streaming'));
    history.tell({ event: 'turn_ended', turn_id: 'two' }).settle();
    assert.deepEqual(history.kinds(), []);
  });

  it('Q11: what the harness lists blocks, unless the registry knows it as durable too', () => {
    const task = { id: 'review', label: 'background review', durable: true };
    const history = TurnHistory.quiet()
      .tell({ event: 'turn_ended', background_tasks: [task] })
      .settle();
    assert.deepEqual(history.kinds(), ['background_task']);
    history.tell({ event: 'jobs_seen', source: 'job_registry', background_tasks: [task] });
    assert.deepEqual(history.kinds(), []);
    history.tell({
      event: 'jobs_seen',
      source: 'job_registry',
      background_tasks: [{ ...task, durable: false }],
    });
    assert.deepEqual(history.kinds(), ['background_task']);
  });

  it('Q12: a wake-up blocks when it is due soon, or when nobody can say when', () => {
    const history = TurnHistory.quiet();
    const due = (at: number | null): Said => ({
      event: 'turn_ended',
      wakeups: [{ id: 'cron', due_at: at === null ? null : new Date(at).toISOString() }],
    });
    history.tell(due(history.now + 10 * LONG)).settle();
    assert.deepEqual(history.kinds(), []);
    history.tell(due(history.now + LONG + 2000)).settle();
    assert.deepEqual(history.kinds(), ['scheduled_wakeup']);
    history.tell(due(null)).settle();
    assert.deepEqual(history.kinds(), ['scheduled_wakeup']);
    history.tell({ event: 'turn_ended', wakeups: [] }).settle();
    assert.deepEqual(history.kinds(), []);
  });

  it('Q14: the end of a session blocks', () => {
    assert.deepEqual(TurnHistory.quiet().tell({ event: 'session_ended' }).kinds(), ['shutdown_in_progress']);
  });

  it('Q23: a turn that ended with an error waits for a while, or until one ends well', () => {
    const failed = (): TurnHistory =>
      TurnHistory.quiet()
        .tell({ event: 'prompt_submitted' })
        .tell({ event: 'turn_failed' })
        .tell({ event: 'transcript_flushed', source: 'transcript' });
    const waited = failed();
    waited.now += QUIET_POLICY.settle;
    assert.deepEqual(waited.kinds(), ['waiting_after_error']);
    waited.now += QUIET_POLICY.error;
    assert.deepEqual(waited.kinds(), []);
    const again = failed().tell({ event: 'prompt_submitted' }).tell({ event: 'turn_ended' });
    again.tell({ event: 'transcript_flushed', source: 'transcript' }, QUIET_POLICY.settle);
    assert.deepEqual(again.kinds(), []);
  });

  it('Q24: an interrupt, of which no hook tells, is over when the terminal stays quiet after it', () => {
    const history = TurnHistory.quiet()
      .tell({ event: 'prompt_submitted' })
      .tell({ event: 'interrupt_pressed', source: 'terminal' })
      .tell({ event: 'transcript_flushed', source: 'transcript' })
      .tell({ event: 'output_seen', source: 'terminal' }, 5000);
    history.now += QUIET_POLICY.interrupt - 1;
    assert.deepEqual(history.kinds(), ['model_streaming', 'user_interrupt']);
    history.now += 1;
    assert.deepEqual(history.kinds(), []);
  });

  it('Q24: an interrupt closes no tool: that takes a source that sees it closed', () => {
    const history = TurnHistory.quiet()
      .tell({ event: 'tool_started', id: 't', subject: 'Bash' })
      .tell({ event: 'interrupt_pressed', source: 'terminal' })
      .settle();
    assert.deepEqual(history.kinds(), ['tool_running']);
    history.tell({ event: 'turn_interrupted', source: 'transcript', open_ids: [] }).settle();
    assert.deepEqual(history.kinds(), []);
  });
});

describe('Admission', () => {
  it('is closed before the last question, which is answered with yes only then', () => {
    const history = TurnHistory.quiet();
    assert.equal(mayStop(history.state, history.now), false);
    history.tell({ event: 'admission_closed', source: 'supervisor' });
    assert.equal(mayStop(history.state, history.now), true);
    history.tell({ event: 'admission_opened', source: 'supervisor' });
    assert.equal(mayStop(history.state, history.now), false);
  });

  for (const event of [
    'prompt_submitted',
    'tool_started',
    'permission_asked',
    'question_asked',
    'callback_started',
    'subagent_started',
    'compaction_started',
    'keys_typed',
    'draft_cleared',
    'input_submitted',
    'interrupt_pressed',
    'session_started',
    'session_ended',
  ] as const) {
    it(`is opened again by what begins between the closing and the stop: ${event}`, () => {
      const history = TurnHistory.quiet().tell({ event: 'admission_closed', source: 'supervisor' });
      history.tell({ event, id: 'x', source: event.includes('_typed') ? 'terminal' : 'hook' }, 1);
      assert.deepEqual(history.state.admission, { kind: 'open', by: event });
      assert.equal(mayStop(history.state, history.now), false);
      assert.equal(mayStop(history.state, history.now + 10 * LONG), false);
    });
  }

  it('stays closed while what was going on ends, which still defers', () => {
    const history = TurnHistory.quiet().tell({ event: 'prompt_submitted' });
    history.tell({ event: 'admission_closed', source: 'supervisor' });
    assert.equal(mayStop(history.state, history.now), false);
    history.tell({ event: 'turn_ended' }).settle();
    assert.equal(mayStop(history.state, history.now), true);
  });
});
