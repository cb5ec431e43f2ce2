import { canonicalJsonLine, type JsonValue } from '../../base/json.ts';

/** Members of a payload that are passed on; see `hook-event.ts`, whose schema judges them at the other end. */
const WORDS: ReadonlySet<string> = new Set([
  'session_id',
  'turn_id',
  'turn-id',
  'thread-id',
  'prompt_id',
  'transcript_path',
  'cwd',
  'tool_name',
  'tool_use_id',
  'call_id',
  'agent_id',
  'agent_type',
  'source',
  'reason',
  'trigger',
  'error',
  'notification_type',
  'permission_mode',
  'model',
]);
const PATHS: ReadonlySet<string> = new Set(['transcript_path', 'cwd']);
const LISTS: Readonly<Record<string, readonly string[]>> = {
  background_tasks: ['id', 'type', 'name', 'status', 'durable', 'pid'],
  session_crons: ['id', 'schedule', 'recurring'],
};
const LONGEST = 200;
const LONGEST_PATH = 4096;
const MOST = 1000;

/**
 * The one line that a hook sends: a `hook_event`, without what was said or done. Undefined for what is no payload of a hook.
 * Needs nothing but itself: a hook is started for every tool that a model uses.
 *
 * @param text what the program wrote to the hook, gave it as an argument or put in its environment
 * @param named the event where the payload does not name it
 */
export function hookLine(text: string, named: string | undefined, now: number): string | undefined {
  let payload: unknown;
  try {
    payload = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(payload)) return undefined;
  const event = [payload['hook_event_name'], payload['event'], payload['type'], named].find(
    (value) => typeof value === 'string' && value !== '' && value.length <= 64,
  );
  if (typeof event !== 'string') return undefined;
  const facts: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(payload)) {
    if (typeof value === 'string' && WORDS.has(key)) {
      facts[key] = value.slice(0, PATHS.has(key) ? LONGEST_PATH : LONGEST);
    } else if (typeof value === 'boolean' && key === 'stop_hook_active') facts[key] = value;
    else if (Array.isArray(value) && Object.hasOwn(LISTS, key)) {
      facts[key] = value.slice(0, MOST).map((one: unknown) => membersOf(one, LISTS[key] ?? []));
    }
  }
  const thread = facts['thread-id'];
  if (facts['session_id'] === undefined && thread !== undefined) facts['session_id'] = thread;
  const at = new Date(now).toISOString();
  return canonicalJsonLine({ schema_version: 1, type: 'hook_event', event, at, facts });
}

function membersOf(value: unknown, names: readonly string[]): JsonValue {
  const found: Record<string, JsonValue> = {};
  for (const [key, one] of Object.entries(isObject(value) ? value : {})) {
    if (!names.includes(key)) continue;
    if (typeof one === 'string') found[key] = one.slice(0, LONGEST);
    else if (typeof one === 'boolean' || (typeof one === 'number' && Number.isInteger(one))) found[key] = one;
  }
  return found;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
