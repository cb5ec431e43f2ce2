import type { HookEvent, HookFacts } from '../hook-event.ts';
import { nextCronTime } from '../cron-time.ts';
import { turnSignal, type TurnSignal } from '../turn-signal.ts';
import type { HarnessAdapter, HookRule } from './adapter.ts';

/** What an event of a hook says, as signals; none for an event that says nothing. */
export function signalsOfHook(
  adapter: HarnessAdapter,
  { event, at, facts }: HookEvent,
): readonly TurnSignal[] {
  const rules = adapter.signals[event] ?? [];
  return rules.filter((rule) => holds(rule, facts)).map((rule) => signalOf(adapter, rule, facts, at));
}

function signalOf(adapter: HarnessAdapter, rule: HookRule, facts: HookFacts, at: string): TurnSignal {
  const turn = adapter.turn_id.map((name) => text(facts, name)).find((value) => value !== null);
  const ends = rule.signal === 'turn_ended' || rule.signal === 'turn_failed';
  return turnSignal({
    source: 'hook',
    event: rule.signal,
    at,
    session_id: facts.session_id ?? null,
    turn_id: turn ?? null,
    id: rule.id === undefined ? null : text(facts, rule.id),
    subject: rule.subject === undefined ? null : text(facts, rule.subject),
    continued: ends && facts.stop_hook_active === true,
    background_tasks: ends ? tasksOf(facts) : null,
    wakeups: ends ? wakeupsOf(facts, at) : null,
  });
}

function tasksOf({ background_tasks }: HookFacts): TurnSignal['background_tasks'] {
  if (background_tasks === undefined) return null;
  return background_tasks
    .filter(({ status }) => status === undefined || !ENDED.has(status))
    .map(({ id, type, name, durable }, index) => ({
      id: id ?? `task-${String(index)}`,
      label: `background ${name ?? type ?? 'task'}`,
      durable: durable === true,
    }));
}

const ENDED: ReadonlySet<string> = new Set(['completed', 'failed', 'killed', 'stopped', 'finished']);

function wakeupsOf({ session_crons }: HookFacts, at: string): TurnSignal['wakeups'] {
  if (session_crons === undefined) return null;
  return session_crons.map(({ id, schedule }, index) => {
    const due = schedule === undefined ? undefined : nextCronTime(schedule, Date.parse(at));
    return {
      id: id ?? `wakeup-${String(index)}`,
      due_at: due === undefined ? null : new Date(due).toISOString(),
    };
  });
}

function holds({ when }: HookRule, facts: HookFacts): boolean {
  return Object.entries(when ?? {}).every(([name, words]) => {
    const value = text(facts, name);
    return value !== null && words.includes(value);
  });
}

/** A member of the payload that is a word. */
function text(facts: HookFacts, name: string): string | null {
  const value: unknown = Object.hasOwn(facts, name) ? facts[name] : undefined;
  return typeof value === 'string' && value !== '' ? value : null;
}
