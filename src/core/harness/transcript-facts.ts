import type { HarnessAdapter } from './adapters/adapter.ts';
import { turnSignal, type TurnSignal } from './turn-signal.ts';

/** What the end of a transcript shows of the turn: the second source, where a hook was lost or there is none. */
export interface TranscriptFacts {
  /** `running`: nothing shows that it is over. */
  readonly turn: 'ended' | 'interrupted' | 'running' | 'unknown';
  /** Tools that were started and have no result. */
  readonly openTools: readonly string[];
  /** Whether the last line is a whole one. */
  readonly whole: boolean;
}

type Line = Readonly<Record<string, unknown>>;

/**
 * Reads the end of a transcript. `tail`: its last lines; when `cut`, the first of them may lack its beginning and is left out.
 * What cannot be told is `unknown`.
 */
export function transcriptFacts(
  format: HarnessAdapter['transcript']['format'],
  tail: string,
  cut: boolean,
): TranscriptFacts {
  const whole = tail === '' || tail.endsWith('\n');
  const texts = tail.split('\n').filter((text) => text.trim() !== '');
  const lines = (cut ? texts.slice(1) : texts).map(parsed);
  // A line that cannot be read, at the end, is one that is being written.
  if (!whole || lines.includes(undefined)) return { turn: 'unknown', openTools: [], whole };
  const read = lines.filter((line) => line !== undefined);
  switch (format) {
    case 'claude':
      return { ...ofClaude(read), whole };
    case 'codex':
      return { ...ofCodex(read), whole };
    case 'reference':
      return { ...ofReference(read), whole };
    case 'lines':
    case 'none':
      return { turn: 'unknown', openTools: [], whole };
  }
}

/** Milliseconds without a change after which a transcript says how a turn stands: what begins a turn is written in several steps. */
const SETTLED = 2000;

/**
 * The signal that a transcript is, as the second source; undefined while it changes, and where it shows no end.
 * @param writtenAt when it was written to last, which is what it speaks of; milliseconds, as `now`
 */
export function signalOfTranscript(
  { turn, openTools, whole }: TranscriptFacts,
  writtenAt: number,
  now: number,
): TurnSignal | undefined {
  if (!whole || now - writtenAt < SETTLED || (turn !== 'ended' && turn !== 'interrupted')) return undefined;
  return turnSignal({
    source: 'transcript',
    event: turn === 'ended' ? 'idle_confirmed' : 'turn_interrupted',
    at: new Date(writtenAt).toISOString(),
    open_ids: [...openTools],
  });
}

/** What a person's interrupt leaves behind in Claude Code. */
const INTERRUPTED = /^\[Request interrupted by user/;

function ofClaude(lines: readonly Line[]): Omit<TranscriptFacts, 'whole'> {
  const open = new Set<string>();
  let turn: TranscriptFacts['turn'] = 'unknown';
  for (const line of lines) {
    // Of a subagent: it has a transcript of its own, and a tool of this one waits for it.
    if (line['isSidechain'] === true || line['isMeta'] === true) continue;
    const message = object(line['message']);
    const blocks = blocksOf(message['content']);
    if (line['type'] === 'assistant') {
      for (const block of blocks) if (block['type'] === 'tool_use') open.add(word(block['id']));
      const reason = message['stop_reason'];
      turn =
        reason === 'end_turn' || reason === 'stop_sequence' || reason === 'refusal' ? 'ended' : 'running';
    } else if (line['type'] === 'user') {
      for (const block of blocks)
        if (block['type'] === 'tool_result') open.delete(word(block['tool_use_id']));
      const text = blocks.map((block) => word(block['text'])).find((one) => one !== '') ?? '';
      turn = INTERRUPTED.test(text) ? 'interrupted' : 'running';
    }
  }
  return { turn, openTools: [...open] };
}

function ofCodex(lines: readonly Line[]): Omit<TranscriptFacts, 'whole'> {
  const open = new Set<string>();
  let turn: TranscriptFacts['turn'] = 'unknown';
  for (const line of lines) {
    const payload = object(line['payload']);
    switch (`${word(line['type'])} ${word(payload['type'])}`) {
      case 'event_msg task_started':
      case 'event_msg turn_started':
      case 'event_msg user_message':
        turn = 'running';
        break;
      case 'event_msg task_complete':
      case 'event_msg turn_complete':
        turn = 'ended';
        break;
      case 'event_msg turn_aborted':
        turn = 'interrupted';
        break;
      case 'response_item function_call':
      case 'response_item custom_tool_call':
      case 'response_item local_shell_call':
        open.add(word(payload['call_id']));
        break;
      case 'response_item function_call_output':
      case 'response_item custom_tool_call_output':
        open.delete(word(payload['call_id']));
        break;
    }
  }
  return { turn, openTools: [...open] };
}

function ofReference(lines: readonly Line[]): Omit<TranscriptFacts, 'whole'> {
  const open = new Set<string>();
  let turn: TranscriptFacts['turn'] = 'unknown';
  for (const line of lines) {
    switch (line['type']) {
      case 'user':
      case 'answer':
      case 'assistant':
        turn = 'running';
        break;
      case 'turn_end':
        turn = 'ended';
        break;
      case 'interrupt':
        turn = 'interrupted';
        break;
      case 'tool_use':
        turn = 'running';
        open.add(word(line['id']));
        break;
      case 'tool_result':
        open.delete(word(line['id']));
        break;
    }
  }
  return { turn, openTools: [...open] };
}

function parsed(text: string): Line | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function blocksOf(content: unknown): readonly Line[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return Array.isArray(content) ? content.filter(isObject) : [];
}

function object(value: unknown): Line {
  return isObject(value) ? value : {};
}

function word(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isObject(value: unknown): value is Line {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
