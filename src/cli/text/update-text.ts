import type { DraftPayload, PublishedPayload, UpdateListPayload, UpdatePayload } from '../../app/payloads.ts';
import { harmless, oneLine, type Style } from '../style.ts';
import { renderTable } from '../table.ts';
import { count, findingsText, findingText } from './findings-text.ts';

export function updateListText(style: Style, { updates }: UpdateListPayload): string {
  if (updates.length === 0) return 'No updates.\n';
  const rows = updates.map((update) => [
    update.candidate_id,
    style.strong(oneLine(update.skill_name)),
    oneLine(sourceOf(update)),
    update.merge_mode,
    candidateStatus(style, update),
    update.draft_id ?? '-',
  ]);
  return renderTable(style, ['CANDIDATE', 'SKILL', 'FROM', 'MODE', 'STATUS', 'DRAFT'], rows);
}

function sourceOf({ plugin_id, plugin_version, kind }: UpdatePayload): string {
  if (plugin_id === null) return kind;
  return plugin_version === null ? plugin_id : `${plugin_id} ${plugin_version}`;
}

function candidateStatus(style: Style, { status, conflicts, stale, version }: UpdatePayload): string {
  if (stale) return style.bad('draft out of date');
  const open = conflicts === null || conflicts === 0 ? '' : ` (${count(conflicts, 'conflict')})`;
  switch (status) {
    case 'open':
    case 'drafted':
      return open === '' ? status : style.bad(status + open);
    case 'ready':
      return style.good(status);
    case 'published':
      return version === null ? status : `${status} ${version}`;
    case 'rejected':
    case 'superseded':
      return style.faint(status);
  }
}

/** The draft, its conflicts with all three sides, its supporting files and gates, and what can be done next. */
export function draftText(style: Style, draft: DraftPayload): string {
  const head =
    `Draft ${draft.draft_id} of ${style.strong(oneLine(draft.skill_name))}: ${draftStatus(style, draft.status)}\n` +
    `${draft.merge_mode} on ${draft.base_version}${draft.plugin_id === null ? '' : `, from plugin ${draft.plugin_id}`}\n`;
  const files = renderTable(
    style,
    ['FILE', 'FROM', 'WHY'],
    draft.files.map((file) => [
      oneLine(file.path),
      file.source === 'conflict' ? style.bad(file.source) : file.source,
      oneLine(file.reason),
    ]),
  );
  const parts = [
    head,
    files,
    ...draft.conflicts.map((conflict) => conflictText(style, conflict)),
    draft.gates.map((gate) => gateText(style, gate)).join(''),
    `${nextStep(draft)}\n`,
  ];
  return parts.filter((part) => part !== '').join('\n');
}

function conflictText(style: Style, conflict: DraftPayload['conflicts'][number]): string {
  const side = (name: string, text: string | null) =>
    `${style.strong(`  ${name}`)}${text === null ? ' (not there)\n' : `\n${quoted(text)}`}`;
  return (
    `${style.bad('Conflict')} ${oneLine(conflict.id)} in ${oneLine(conflict.file)}\n` +
    side('base', conflict.base) +
    side('local', conflict.local) +
    side('upstream', conflict.upstream)
  );
}

/** Text of a document, set off from our own. */
export function quoted(text: string): string {
  return harmless(text)
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => `  | ${line}`.trimEnd() + '\n')
    .join('');
}

function gateText(style: Style, gate: DraftPayload['gates'][number]): string {
  const mark = {
    passed: style.good,
    failed: style.bad,
    needs_acknowledgement: style.warning,
    not_run: style.faint,
  }[gate.status];
  const findings = gate.findings.map((finding) => findingText(style, finding)).join('');
  return `Gate ${gate.gate}: ${mark(gate.status)}${gate.reason === '' ? '' : `, ${oneLine(gate.reason)}`}\n${findings}`;
}

function draftStatus(style: Style, status: DraftPayload['status']): string {
  switch (status) {
    case 'conflicts':
    case 'blocked':
      return style.bad(status);
    case 'ready':
    case 'approved':
    case 'published':
      return style.good(status);
    case 'rejected':
    case 'stale':
      return style.warning(status);
  }
}

function nextStep({ status, draft_id: id, candidate_id: candidate, gates }: DraftPayload): string {
  switch (status) {
    case 'conflicts':
      return `Settle the conflicts: beaver updates resolve ${id} --conflict ID --take local, or --file FILE.`;
    case 'blocked':
      if (!gates.some((gate) => gate.status === 'failed'))
        return `Read what the update adds. Take it on with "beaver updates acknowledge ${id}", or reject the draft.`;
      return `A gate failed. Correct the text with "beaver updates resolve ${id} --file FILE", or reject the draft.`;
    case 'ready':
      return `Approve it: beaver updates approve ${id}`;
    case 'approved':
      return `Publish it: beaver updates publish ${id}`;
    case 'published':
      return 'It is published.';
    case 'rejected':
      return `It was rejected. Draft it again: beaver updates draft ${candidate}`;
    case 'stale':
      return `Its base has moved on. Draft it again: beaver updates draft ${candidate}`;
  }
}

export function publishedText(style: Style, { published, findings }: PublishedPayload): string {
  return `Published ${oneLine(published.skill_name)} ${published.version}.\n` + findingsText(style, findings);
}
