import type { AuditPayload } from '../../app/payloads.ts';
import { oneLine, type Style } from '../style.ts';
import { renderTable } from '../table.ts';

/** Oldest first, so that what was done last stands above the prompt. */
export function auditText(style: Style, { events }: AuditPayload): string {
  if (events.length === 0) return 'Nothing is recorded.\n';
  const rows = events.map(({ at, event, actor, plugin_id, skill_name, detail }) => [
    at,
    event,
    style.strong(oneLine(skill_name ?? plugin_id ?? '')),
    oneLine(actor),
    typeof detail['reason'] === 'string' ? oneLine(detail['reason']) : '',
  ]);
  return renderTable(style, ['WHEN', 'WHAT', 'OF', 'WHO', 'WHY'], rows);
}
