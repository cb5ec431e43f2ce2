import { value, type Words } from './words.ts';

/** What the gates say, by code. */
export const GATE_REASON_WORDS: Readonly<Record<string, Words>> = {
  conflicts_none: (t) => t('No conflict is open.'),
  conflicts_one: (t) => t('1 conflict is open.'),
  conflicts_open: (t, p) => t('{0} conflicts are open.', value(p, 'count')),
  files_decided: (t) => t('Every file is decided.'),
  files_one: (t) => t('1 file must be chosen.'),
  files_open: (t, p) => t('{0} files must be chosen.', value(p, 'count')),
  document_missing: (t) => t('SKILL.md is not in the result.'),
  safety_nothing_added: (t) => t('No pattern of the rules was added.'),
  safety_critical: (t, p) =>
    t(
      'Patterns of the rules that were added: {0}, of which block: {1}.',
      value(p, 'added'),
      value(p, 'critical'),
    ),
  safety_unacknowledged: (t, p) =>
    t(
      'Patterns of the rules that were added: {0}, of which a person must acknowledge: {1}.',
      value(p, 'added'),
      value(p, 'open'),
    ),
  safety_acknowledged: (t, p) =>
    t('Patterns of the rules that were added: {0}; they were acknowledged.', value(p, 'added')),
  safety_informed: (t, p) =>
    t('Patterns of the rules that were added: {0}, none of which needs an answer.', value(p, 'added')),
  preservation_fast_forward: (t) => t('A fast-forward has no local edits to preserve.'),
  preservation_kept: (t) => t('Sections of both sides are there.'),
  preservation_lost: (t) => t('A section that must be kept is gone or lacks a part.'),
  replay_off: (t) => t('The setting beaver.gates.replay switches replays off.'),
  replay_unreadable: (t) => t('The report of the last replay cannot be used.'),
  replay_not_run: (t) => t('No replay was run on this content.'),
  replay_skill_without_evals: (t) => t('The skill has no evals.'),
  replay_no_evals: (t) => t('Neither the draft nor the current version has evals, and no task was recorded.'),
  replay_nothing_to_check: (t) => t('No eval says anything that a replay can check.'),
  replay_no_model: (t) => t('No language model is set up.'),
  replay_cancelled: (t) => t('The replay was cancelled; what had finished is kept.'),
  replay_budget_tokens: (t) => t('The budget of tokens was used up; what had finished is kept.'),
  replay_budget_cost: (t) => t('The budget of cost was used up; what had finished is kept.'),
  replay_budget_time: (t) => t('The time was up; what had finished is kept.'),
  replay_model_failed: (t) => t('The language model failed; what had finished is kept.'),
  replay_grader_unusable: (t) => t('The grader gave no usable answer; what had finished is kept.'),
  replay_improved: (t, p) =>
    t(
      'Tasks succeed more often than with the current version: {0} points ({1} % interval {2} to {3}), {4} runs.',
      value(p, 'estimate'),
      value(p, 'confidence'),
      value(p, 'low'),
      value(p, 'high'),
      value(p, 'runs'),
    ),
  replay_no_worse: (t, p) =>
    t(
      'Tasks succeed as often as with the current version: {0} points ({1} % interval {2} to {3}), {4} runs.',
      value(p, 'estimate'),
      value(p, 'confidence'),
      value(p, 'low'),
      value(p, 'high'),
      value(p, 'runs'),
    ),
  replay_worse: (t, p) =>
    t(
      'Tasks succeed less often than with the current version: {0} points ({1} % interval {2} to {3}), {4} runs.',
      value(p, 'estimate'),
      value(p, 'confidence'),
      value(p, 'low'),
      value(p, 'high'),
      value(p, 'runs'),
    ),
  replay_inconclusive: (t, p) =>
    t(
      'The runs do not show which version is better: {0} points ({1} % interval {2} to {3}), {4} runs.',
      value(p, 'estimate'),
      value(p, 'confidence'),
      value(p, 'low'),
      value(p, 'high'),
      value(p, 'runs'),
    ),
};

/** What their findings say, by code; those of safety are in safety-words.ts. */
export const GATE_FINDING_WORDS: Readonly<Record<string, Words>> = {
  section_not_preserved: (t, p) =>
    t('The section "{0}" is gone or lacks what a side says in it.', value(p, 'section')),
  replay_required: (t) =>
    t('The setting beaver.gates.replay asks for a replay before anything is published.'),
};

/** What to do about them, by code. */
export const GATE_FIX_WORDS: Readonly<Record<string, Words>> = {
  section_not_preserved: (t) => t('Put it back in the result, or settle its chunk on purpose.'),
  replay_required: (t) => t('Run the replay, or change the setting.'),
};
