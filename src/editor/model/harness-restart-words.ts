import type { Blocker } from '../../core/harness/blocker.ts';
import type { RestartNotice } from '../../core/harness/restart-words.ts';
import type { Translate } from './translate.ts';

/** What a person is told of a restart, in the language of the window. In English these are the core's own sentences (restart-words.ts). */
export function noticeWords(notice: RestartNotice, t: Translate): string {
  switch (notice.kind) {
    case 'staged':
      return t('Update staged: {0} v{1} will start after this turn.', notice.name, notice.version);
    case 'deferred':
      return t('Restart deferred: {0}.', blockerWords(notice.blocker, t));
    case 'restarting':
      return notice.target.kind === 'version'
        ? t('Restarting into {0} v{1}...', notice.name, notice.target.version)
        : t('Restarting into the local build of {0}...', notice.name);
    case 'restored':
      return t('Update failed; restored {0} v{1}.', notice.name, notice.version);
    case 'build_found':
      return t('New local build detected. Restarting after this turn.');
  }
}

/** A blocker as the rest of a sentence. */
export function blockerWords(blocker: Blocker, t: Translate): string {
  const { kind, subject } = blocker;
  switch (kind) {
    case 'model_streaming':
      return t('the model is still answering');
    case 'tool_running':
      return t('{0} is still running', subject ?? t('a tool'));
    case 'permission_prompt':
      return t('a permission is being asked for');
    case 'question_open':
      return t('a question waits for an answer');
    case 'tool_callback':
      return t('a tool waits for an answer');
    case 'queued_prompt':
      return t('a message waits for its turn');
    case 'unsent_draft':
      return t('something is written that was not sent');
    case 'compaction':
      return t('the conversation is being compacted');
    case 'auto_continuation':
      return t('the session goes on by itself');
    case 'subagent_running':
      return t('{0} is still running', subject ?? t('a subagent'));
    case 'background_task':
      return t('{0} is still running', subject ?? t('background work'));
    case 'scheduled_wakeup':
      return t('the session wakes up soon');
    case 'unflushed_transcript':
      return t('the conversation is not written yet');
    case 'shutdown_in_progress':
      return t('the session is ending');
    case 'incompatible_schema':
      return t('the new version cannot read this session');
    case 'other_client_attached':
      return t('{0} is attached', subject ?? t('another client'));
    case 'restart_elsewhere':
      return t('another restart is not over');
    case 'user_typing':
      return t('somebody is typing');
    case 'child_owns_terminal':
      return t('{0} has the terminal', subject ?? t('another program'));
    case 'session_not_persisted':
      return t('this session is not kept');
    case 'one_shot':
      return t('this run ends by itself');
    case 'unknown_state':
      return t('it is not known what the session does');
    case 'waiting_after_error':
      return t('the last turn ended with an error');
    case 'user_interrupt':
      return t('the turn was interrupted');
    case 'repository_busy':
      return t('the repository is in the middle of {0}', subject ?? t('an operation'));
  }
}

/** Who told of a blocker. */
export function blockerSource(source: Blocker['source'], t: Translate): string {
  switch (source) {
    case 'hook':
      return t('told by a hook of the harness');
    case 'app_server':
      return t('told by the harness itself');
    case 'transcript':
      return t('seen in the conversation');
    case 'terminal':
      return t('seen in the terminal');
    case 'job_registry':
      return t('recorded as a job');
    case 'supervisor':
      return t('known to the launcher');
  }
}

const RESTORED = /^Update failed; restored (?<name>.{1,100}) v(?<version>\S{1,64})\.$/;

/** The notice of a rollback, read back from the sentence that a session's record keeps; undefined for any other sentence. */
export function restoredNotice(sentence: string | null): RestartNotice | undefined {
  const found = RESTORED.exec(sentence ?? '')?.groups;
  const { name, version } = found ?? {};
  return name === undefined || version === undefined ? undefined : { kind: 'restored', name, version };
}
