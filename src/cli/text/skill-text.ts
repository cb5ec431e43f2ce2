import type {
  CapturePayload,
  SkillHistoryPayload,
  SkillListPayload,
  SkillPayload,
} from '../../app/payloads.ts';
import { oneLine, type Style } from '../style.ts';
import { renderTable } from '../table.ts';
import { findingsText } from './findings-text.ts';

export function skillListText(style: Style, { skills, errors }: SkillListPayload): string {
  const rows = skills.map((skill) => [
    style.strong(oneLine(skill.name)),
    skill.current_version,
    skill.status,
    skill.plugin_id === null ? skill.source_kind : `plugin ${skill.plugin_id}`,
  ]);
  const table =
    rows.length === 0
      ? 'No managed skills.\n'
      : renderTable(style, ['SKILL', 'VERSION', 'STATUS', 'SOURCE'], rows);
  return table + findingsText(style, errors);
}

export function skillText(style: Style, skill: SkillPayload): string {
  const facts = [
    ['Skill', style.strong(oneLine(skill.name))],
    ['Status', skill.status],
    ['Source', skill.plugin_id === null ? skill.source_kind : `plugin ${skill.plugin_id}`],
    ['Current version', skill.current_version],
    ['Content hash', skill.content_hash],
    ['Tree hash', skill.tree_hash],
    ...skill.lineage.map((step, index) => [index === 0 ? 'Lineage' : '', oneLine(step)]),
  ];
  const width = Math.max(...facts.map(([name = '']) => name.length));
  const head = facts.map(([name = '', value = '']) => `${name.padEnd(width)}  ${value}\n`).join('');
  const versions = renderTable(
    style,
    ['VERSION', 'CREATED', 'REASON'],
    skill.versions.map((version) => [
      version.version === skill.current_version ? style.strong(`${version.version} *`) : version.version,
      version.created_at,
      oneLine(version.reason),
    ]),
  );
  const targets = renderTable(
    style,
    ['TARGET', 'STATE'],
    skill.targets.map((target) => [
      oneLine(target.path),
      target.state === 'in_sync' ? style.good(target.state) : style.warning(target.state),
    ]),
  );
  return [head, versions, targets].filter((part) => part !== '').join('\n');
}

export function historyText(style: Style, { history }: SkillHistoryPayload): string {
  if (history.length === 0) return 'Nothing is recorded.\n';
  const rows = history.map((entry) => [
    entry.at,
    entry.event,
    Object.entries(entry.detail)
      .filter(([, value]) => typeof value === 'string' || typeof value === 'number')
      .map(([key, value]) => oneLine(`${key}=${String(value)}`))
      .join(' '),
  ]);
  return renderTable(style, ['AT', 'EVENT', 'DETAIL'], rows);
}

export function captureText(style: Style, { captured, findings }: CapturePayload): string {
  const lines = captured.map(
    ({ skill_name, version }) => `Captured the edits of ${oneLine(skill_name)} as ${version}.\n`,
  );
  return (lines.length === 0 ? 'No edits found.\n' : lines.join('')) + findingsText(style, findings);
}
