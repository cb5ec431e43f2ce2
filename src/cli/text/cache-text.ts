import type { CachePayload, ClearedCachePayload, VerifiedCachePayload } from '../../app/cache-payloads.ts';
import { oneLine, type Style } from '../style.ts';
import { renderTable } from '../table.ts';
import { count } from './findings-text.ts';

export function cacheText(style: Style, { cache }: CachePayload): string {
  if (cache.length === 0) return 'The cache is empty.\n';
  const rows = cache.map((entry) => [
    entry.kind,
    style.strong(oneLine(entry.source)),
    size(entry.bytes),
    entry.used_at,
  ]);
  const total = cache.reduce((sum, { bytes }) => sum + bytes, 0);
  return `${renderTable(style, ['KIND', 'SOURCE', 'SIZE', 'LAST USED'], rows)}${size(total)} in ${count(cache.length, 'entry', 'entries')}.\n`;
}

export function clearedText({ removed }: ClearedCachePayload): string {
  const total = removed.reduce((sum, { bytes }) => sum + bytes, 0);
  return `Removed ${count(removed.length, 'entry', 'entries')}, ${size(total)}.\n`;
}

export function verifiedText({ checked, removed }: VerifiedCachePayload): string {
  if (removed.length === 0) return `All of ${count(checked, 'entry', 'entries')} are sound.\n`;
  const names = removed.map(({ source }) => oneLine(source)).join(', ');
  return `Removed ${count(removed.length, 'damaged entry', 'damaged entries')} of ${checked}: ${names}\n`;
}

function size(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
