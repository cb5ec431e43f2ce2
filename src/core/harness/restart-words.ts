import type { Blocker, BlockerKind } from './blocker.ts';

/** What a restart is into. */
export type RestartTarget =
  | { readonly kind: 'version'; readonly version: string }
  /** A build of this machine. */
  | { readonly kind: 'build' };

/** What a person is told of updates and restarts. `name`: as people call the program. */
export type RestartNotice =
  | { readonly kind: 'staged'; readonly name: string; readonly version: string }
  | { readonly kind: 'deferred'; readonly blocker: Blocker }
  | { readonly kind: 'restarting'; readonly name: string; readonly target: RestartTarget }
  | { readonly kind: 'restored'; readonly name: string; readonly version: string }
  | { readonly kind: 'build_found' };

export function restartNoticeText(notice: RestartNotice): string {
  switch (notice.kind) {
    case 'staged':
      return `Update staged: ${notice.name} v${notice.version} will start after this turn.`;
    case 'deferred':
      return `Restart deferred: ${blockerText(notice.blocker)}.`;
    case 'restarting':
      return notice.target.kind === 'version'
        ? `Restarting into ${notice.name} v${notice.target.version}...`
        : `Restarting into the local build of ${notice.name}...`;
    case 'restored':
      return `Update failed; restored ${notice.name} v${notice.version}.`;
    case 'build_found':
      return 'New local build detected. Restarting after this turn.';
  }
}

/** A blocker as the rest of a sentence. */
export function blockerText({ kind, subject }: Blocker): string {
  switch (kind) {
    case 'model_streaming':
      return 'the model is still answering';
    case 'tool_running':
      return `${subject ?? 'a tool'} is still running`;
    case 'permission_prompt':
      return 'a permission is being asked for';
    case 'question_open':
      return 'a question waits for an answer';
    case 'tool_callback':
      return 'a tool waits for an answer';
    case 'queued_prompt':
      return 'a message waits for its turn';
    case 'unsent_draft':
      return 'something is written that was not sent';
    case 'compaction':
      return 'the conversation is being compacted';
    case 'auto_continuation':
      return 'the session goes on by itself';
    case 'subagent_running':
      return `${subject ?? 'a subagent'} is still running`;
    case 'background_task':
      return `${subject ?? 'background work'} is still running`;
    case 'scheduled_wakeup':
      return 'the session wakes up soon';
    case 'unflushed_transcript':
      return 'the conversation is not written yet';
    case 'shutdown_in_progress':
      return 'the session is ending';
    case 'incompatible_schema':
      return 'the new version cannot read this session';
    case 'other_client_attached':
      return `${subject ?? 'another client'} is attached`;
    case 'restart_elsewhere':
      return 'another restart is not over';
    case 'user_typing':
      return 'somebody is typing';
    case 'child_owns_terminal':
      return `${subject ?? 'another program'} has the terminal`;
    case 'session_not_persisted':
      return 'this session is not kept';
    case 'one_shot':
      return 'this run ends by itself';
    case 'unknown_state':
      return 'it is not known what the session does';
    case 'waiting_after_error':
      return 'the last turn ended with an error';
    case 'user_interrupt':
      return 'the turn was interrupted';
    case 'repository_busy':
      return `the repository is in the middle of ${subject ?? 'an operation'}`;
  }
}

/** What is over with the turn that runs, or a moment after it. */
const OF_THE_TURN: ReadonlySet<BlockerKind> = new Set<BlockerKind>([
  'model_streaming',
  'tool_running',
  'unflushed_transcript',
]);
/** Subjects of `unknown_state` that pass by themselves in a moment. */
const PASSING: ReadonlySet<string | null> = new Set(['settling', 'output', 'submitted']);

export function isOfTheTurn({ kind, subject }: Blocker): boolean {
  return OF_THE_TURN.has(kind) || (kind === 'unknown_state' && PASSING.has(subject));
}

/** Of several blockers, the one to name: what lasts longest and says most comes first. */
const TELLING: readonly BlockerKind[] = [
  'background_task',
  'subagent_running',
  'permission_prompt',
  'question_open',
  'tool_callback',
  'unsent_draft',
  'queued_prompt',
  'compaction',
  'auto_continuation',
  'child_owns_terminal',
  'repository_busy',
  'other_client_attached',
  'restart_elsewhere',
  'scheduled_wakeup',
  'waiting_after_error',
  'user_interrupt',
  'incompatible_schema',
  'session_not_persisted',
  'one_shot',
  'shutdown_in_progress',
  'user_typing',
  'unknown_state',
];

/** Undefined when nothing but the turn itself keeps the session. */
export function tellingBlocker(blockers: readonly Blocker[]): Blocker | undefined {
  const beyond = blockers.filter((blocker) => !isOfTheTurn(blocker));
  return beyond.toSorted((a, b) => TELLING.indexOf(a.kind) - TELLING.indexOf(b.kind))[0];
}
