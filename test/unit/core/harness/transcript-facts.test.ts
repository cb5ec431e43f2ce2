import assert from 'node:assert/strict';
import { reduceTurn } from '../../../../src/core/harness/turn-reducer.ts';
import { signalOfTranscript, transcriptFacts } from '../../../../src/core/harness/transcript-facts.ts';
import { TurnHistory } from '../../../support/turn-history.ts';

const lines = (...all: readonly object[]): string => all.map((line) => `${JSON.stringify(line)}\n`).join('');
const user = (content: unknown) => ({ type: 'user', message: { content } });
const assistant = (stop_reason: string | null, ...content: readonly object[]) => ({
  type: 'assistant',
  message: { stop_reason, content },
});
const USE = { type: 'tool_use', id: 't1', name: 'Bash' };
const RESULT = { type: 'tool_result', tool_use_id: 't1' };

describe('What the end of a transcript shows', () => {
  const CASES: readonly (readonly [string, string, string, readonly string[]])[] = [
    ['a prompt without an answer', lines(user('hello')), 'running', []],
    ['a whole answer', lines(user('hello'), assistant('end_turn', { type: 'text' })), 'ended', []],
    ['a tool that runs', lines(user('x'), assistant('tool_use', USE)), 'running', ['t1']],
    ['a tool that ended', lines(assistant('tool_use', USE), user([RESULT])), 'running', []],
    ['an answer that is still coming', lines(user('x'), assistant(null, { type: 'text' })), 'running', []],
    [
      'an interrupt',
      lines(
        assistant('tool_use', USE),
        user([RESULT, { type: 'text', text: '[Request interrupted by user for tool use]' }]),
      ),
      'interrupted',
      [],
    ],
    [
      'lines that are no part of it',
      lines(
        assistant('end_turn'),
        { ...user('x'), isSidechain: true },
        { type: 'cost-state' },
        { ...user('y'), isMeta: true },
      ),
      'ended',
      [],
    ],
    ['nothing', '', 'unknown', []],
    ['a line that is being written', `${lines(assistant('end_turn'))}{"type":"us`, 'unknown', []],
    ['what is no transcript', 'hello\n', 'unknown', []],
  ];
  for (const [what, tail, turn, openTools] of CASES) {
    it(`of Claude Code: ${what}`, () => {
      const facts = transcriptFacts('claude', tail, false);
      assert.deepEqual([facts.turn, facts.openTools], [turn, openTools]);
      assert.equal(facts.whole, tail === '' || tail.endsWith('\n'));
    });
  }

  it('of Codex', () => {
    const event = (type: string) => ({ type: 'event_msg', payload: { type } });
    const item = (type: string) => ({ type: 'response_item', payload: { type, call_id: 'c' } });
    const read = (...all: readonly object[]) => {
      const { turn, openTools } = transcriptFacts('codex', lines(...all), false);
      return [turn, ...openTools];
    };
    assert.deepEqual(read(event('task_started'), item('function_call')), ['running', 'c']);
    assert.deepEqual(
      read(
        event('task_started'),
        item('function_call'),
        item('function_call_output'),
        event('task_complete'),
      ),
      ['ended'],
    );
    assert.deepEqual(read(event('task_started'), event('turn_aborted')), ['interrupted']);
  });

  it('leaves out a first line that lacks its beginning', () => {
    const tail = `lf of it"}\n${lines(assistant('end_turn'))}`;
    assert.equal(transcriptFacts('claude', tail, true).turn, 'ended');
    assert.equal(transcriptFacts('claude', tail, false).turn, 'unknown');
  });

  it('is unknown in a form that Beaver does not know', () => {
    assert.equal(transcriptFacts('lines', lines(user('x')), false).turn, 'unknown');
  });
});

describe('The transcript as the second source', () => {
  const rejected = lines(
    user('hello'),
    assistant('tool_use', USE),
    user([{ ...RESULT, is_error: true }]),
    user([{ type: 'text', text: '[Request interrupted by user for tool use]' }]),
  );

  /** As Claude Code tells it: after a permission that was refused, no hook says anything more. */
  function refused(): TurnHistory {
    return TurnHistory.quiet()
      .tell({ event: 'prompt_submitted', turn_id: 'two' })
      .tell({ event: 'tool_started', turn_id: 'two', id: 't1', subject: 'Bash' })
      .tell({ event: 'permission_asked', turn_id: 'two', subject: 'Bash' })
      .tell({ event: 'interrupt_pressed', source: 'terminal' });
  }

  it('ends a turn whose permission was refused, of which no hook tells', () => {
    const history = refused().settle();
    assert.deepEqual(history.kinds(), ['tool_running', 'permission_prompt']);
    const signal = signalOfTranscript(
      transcriptFacts('claude', rejected, false),
      history.now - 5000,
      history.now,
    );
    assert.ok(signal !== undefined);
    assert.deepEqual([signal.event, signal.open_ids], ['turn_interrupted', []]);
    const after = reduceTurn(history.state, signal);
    assert.deepEqual([after.phase, after.open], ['idle', []]);
  });

  it('says nothing while it changes, is torn, or shows no end', () => {
    const ended = transcriptFacts('claude', lines(assistant('end_turn')), false);
    assert.ok(signalOfTranscript(ended, 1000, 3000) !== undefined);
    assert.equal(signalOfTranscript(ended, 1001, 3000), undefined);
    for (const tail of [lines(user('x')), `${lines(assistant('end_turn'))}{`, '']) {
      assert.equal(signalOfTranscript(transcriptFacts('claude', tail, false), 0, 10_000), undefined);
    }
  });

  it('does not end a turn that began after it was written', () => {
    const history = TurnHistory.quiet();
    const written = history.now;
    history.tell({ event: 'prompt_submitted', turn_id: 'three' });
    const facts = transcriptFacts('claude', lines(assistant('end_turn')), false);
    const signal = signalOfTranscript(facts, written, written + 60_000);
    assert.ok(signal !== undefined);
    assert.equal(reduceTurn(history.state, signal).phase, 'active');
  });
});
