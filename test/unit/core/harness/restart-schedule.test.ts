import assert from 'node:assert/strict';
import { type Blocker, BLOCKER_KINDS, type BlockerKind } from '../../../../src/core/harness/blocker.ts';
import {
  decideRestart,
  lookedAtBuild,
  type RestartDecision,
  type RestartQuestion,
  watchBuild,
} from '../../../../src/core/harness/restart-schedule.ts';
import { blockerText, restartNoticeText } from '../../../../src/core/harness/restart-words.ts';
import { updatePolicy } from '../../../../src/core/harness/update-policy.ts';

const blocker = (kind: BlockerKind, subject: string | null = null): Blocker => ({
  kind,
  source: 'hook',
  since: '2026-11-21T12:00:00.000Z',
  subject,
});
const blocked = (...blockers: [Blocker, ...Blocker[]]) => ({ status: 'blocked' as const, blockers });
const ON = { autoUpdate: true, autoRestart: true, by: 'default' } as const;

function decide(question: Partial<RestartQuestion>): RestartDecision {
  return decideRestart({
    name: 'Every Code',
    target: { kind: 'version', version: '0.7.2' },
    quiescence: { status: 'ready' },
    policy: ON,
    wish: 'none',
    ...question,
  });
}

function words(question: Partial<RestartQuestion>): string {
  const decision = decide(question);
  return decision.kind === 'nothing' ? decision.why : restartNoticeText(decision.notice);
}

describe('When a session is restarted', () => {
  it('at a quiet moment, into what is staged, in the words of the specification', () => {
    assert.equal(words({}), 'Restarting into Every Code v0.7.2...');
    assert.equal(decide({}).kind, 'restart');
  });

  it('after the turn that runs', () => {
    const decision = decide({
      quiescence: blocked(blocker('model_streaming'), blocker('tool_running', 'Bash')),
    });
    assert.equal(decision.kind, 'defer');
    assert.equal(
      words({ quiescence: blocked(blocker('model_streaming'), blocker('unflushed_transcript')) }),
      'Update staged: Every Code v0.7.2 will start after this turn.',
    );
    assert.equal(
      words({ target: { kind: 'build' }, quiescence: blocked(blocker('model_streaming')) }),
      'New local build detected. Restarting after this turn.',
    );
  });

  it('later, with the reason that lasts longest', () => {
    const quiescence = blocked(
      blocker('model_streaming'),
      blocker('user_typing'),
      blocker('background_task', 'background review'),
      blocker('unknown_state', 'settling'),
    );
    assert.equal(words({ quiescence }), 'Restart deferred: background review is still running.');
  });

  it('never where it was switched off, put off by the person, or nothing is staged', () => {
    const off = { ...ON, autoRestart: false };
    assert.equal(words({ policy: off }), 'switched_off');
    assert.equal(words({ wish: 'deferred' }), 'deferred_by_person');
    assert.equal(words({ target: null }), 'nothing_staged');
    assert.equal(words({ target: null, wish: 'restart' }), 'nothing_staged');
  });

  it('when the person asks for it, though it does not happen by itself; what blocks still blocks', () => {
    const off = { ...ON, autoRestart: false };
    assert.equal(decide({ policy: off, wish: 'restart' }).kind, 'restart');
    const quiescence = blocked(blocker('background_task', 'background shell'));
    assert.equal(decide({ policy: off, wish: 'restart', quiescence }).kind, 'defer');
  });

  it('has words for every blocker', () => {
    const said = Object.keys(BLOCKER_KINDS).map((kind) => blockerText(blocker(kind as BlockerKind)));
    assert.equal(new Set(said).size, said.length);
    assert.ok(said.every((text) => text !== '' && !text.endsWith('.')));
  });

  it('and is told when an update failed', () => {
    assert.equal(
      restartNoticeText({ kind: 'restored', name: 'Every Code', version: '0.7.1' }),
      'Update failed; restored Every Code v0.7.1.',
    );
  });
});

describe('What happens by itself', () => {
  const stored = { schema_version: 1, auto_update: true, auto_restart: true } as const;
  const CASES: readonly (readonly [string, Parameters<typeof updatePolicy>, boolean, boolean, string])[] = [
    ['is on where nobody said anything', [null, {}], true, true, 'default'],
    ['is what the file says', [{ ...stored, auto_restart: false }, {}], true, false, 'policy'],
    ['is nothing in CI', [stored, { CI: 'true' }], false, false, 'ci'],
    ['is not CI where CI is said to be off', [null, { CI: 'false' }], true, true, 'default'],
    [
      'is all of it for who tries new versions',
      [{ ...stored, auto_restart: false }, { BEAVER_DOGFOOD: '1' }],
      true,
      true,
      'dogfood',
    ],
    ['is nothing in CI, dogfood or not', [null, { CI: '1', BEAVER_DOGFOOD: '1' }], false, false, 'ci'],
    ['is what a variable of its own says', [stored, { BEAVER_AUTO_RESTART: 'off' }], true, false, 'variable'],
    ['is that in CI too', [null, { CI: '1', BEAVER_AUTO_RESTART: 'on' }], false, true, 'variable'],
    [
      'is not changed by words that say nothing',
      [null, { BEAVER_AUTO_UPDATE: 'maybe' }],
      true,
      true,
      'default',
    ],
  ];
  for (const [name, question, autoUpdate, autoRestart, by] of CASES) {
    it(name, () => {
      assert.deepEqual(updatePolicy(...question), { autoUpdate, autoRestart, by });
    });
  }
});

describe('A build of this machine', () => {
  const look = (size: number, mtimeNs: bigint) => ({ size, mtimeNs, ino: 1n });

  it('counts as new when it looks the same twice, and not while it is being written', () => {
    let watch = watchBuild(look(10, 1n));
    const steps: readonly (readonly [ReturnType<typeof look> | null, boolean])[] = [
      [look(10, 1n), false],
      [null, false],
      [look(0, 2n), false],
      [look(5, 2n), false],
      [look(8, 3n), false],
      [look(12, 4n), false],
      [look(12, 4n), true],
      [look(12, 4n), true],
      [look(13, 5n), false],
      [look(10, 1n), false],
    ];
    for (const [one, ready] of steps) {
      watch = lookedAtBuild(watch, one);
      assert.equal(watch.ready, ready);
    }
  });
});
