import { randomUUID } from 'node:crypto';
import type { BackgroundJobs } from './background-jobs.ts';
import type { Hooks } from './hooks.ts';
import type { Options } from './options.ts';
import type { View } from './screen.ts';
import type { Happening, Step } from './script-link.ts';
import type { Transcript } from './transcript.ts';

export interface SessionParts {
  readonly options: Options;
  readonly id: string;
  readonly transcript: Transcript;
  readonly hooks: Hooks;
  readonly jobs: BackgroundJobs;
  readonly driven: boolean;
  readonly tell: (happening: Happening) => void;
  readonly changed: () => void;
}

interface Asked {
  readonly kind: 'permission' | 'question';
  readonly id: string;
  readonly text: string;
}

/** One conversation: what was said, the turn that runs, what is open in it. Everything happens in the order it was asked for. */
export class Session {
  readonly id: string;
  readonly #parts: SessionParts;
  readonly #lines: string[] = [];
  readonly #queued: string[] = [];
  readonly #wakeups: { readonly id: string; readonly schedule: string }[] = [];
  #activity: 'idle' | 'working' | 'compacting' = 'idle';
  #turn: string | undefined;
  #continued = false;
  #asked: Asked | undefined;
  #last: Promise<void> = Promise.resolve();

  constructor(parts: SessionParts) {
    this.id = parts.id;
    this.#parts = parts;
    for (const line of parts.transcript.read()) {
      if (line.type === 'user') this.#lines.push(`you: ${line.text ?? ''}`);
      if (line.type === 'assistant') this.#lines.push(`model: ${line.text ?? ''}`);
    }
  }

  get working(): boolean {
    return this.#activity !== 'idle';
  }

  get asked(): Asked | undefined {
    return this.#asked;
  }

  view(draft: string, version: string): View {
    const jobs = this.#parts.jobs.running(this.id).map(({ name }) => name);
    const behind = jobs.length === 0 ? '' : `, in the background: ${jobs.join(', ')}`;
    return {
      version,
      sessionId: this.id,
      status: `${this.#activity}${behind}`,
      lines: this.#lines,
      question: this.#asked?.text,
      queued: this.#queued,
      draft,
    };
  }

  started(source: 'startup' | 'resume' | 'clear'): Promise<void> {
    return this.#then(() => this.#hook('SessionStart', { source }));
  }

  ended(reason: string): Promise<void> {
    return this.#then(() => this.#hook('SessionEnd', { reason }));
  }

  /** What the person typed and sent off: a prompt, or the answer to what was asked. */
  submit(text: string): void {
    if (this.#asked !== undefined) this.#answer(text);
    else if (this.working) {
      this.#queued.push(text);
      this.#parts.tell({ event: 'queued', text });
    } else this.#begin(text);
    this.#parts.changed();
  }

  /** Ends the turn without a word to any hook, as real programs do. */
  interrupt(): void {
    if (!this.working) return;
    this.#asked = undefined;
    this.#parts.transcript.append({ type: 'interrupt' });
    this.#lines.push('interrupted');
    this.#idle('interrupted');
  }

  /** What the model, or the program behind it, does next. */
  step(step: Step): void {
    void this.#then(async () => {
      await this.#do(step);
      this.#parts.tell({ event: 'did', do: step.do, ...('id' in step ? { id: step.id } : {}) });
    });
  }

  #begin(text: string): void {
    this.#activity = 'working';
    this.#turn = randomUUID();
    this.#continued = false;
    this.#lines.push(`you: ${text}`);
    this.#parts.transcript.append({ type: 'user', text });
    void this.#then(async () => {
      await this.#hook('UserPromptSubmit', { prompt: text });
      this.#parts.tell({ event: 'prompt', text, session_id: this.id });
      if (!this.#parts.driven) for (const step of byItself(text)) await this.#do(step);
    });
  }

  #answer(text: string): void {
    const asked = this.#asked;
    if (asked === undefined) return;
    this.#asked = undefined;
    void this.#then(async () => {
      if (asked.kind === 'question') await this.#hook('ElicitationResult', { action: 'accept' });
      this.#parts.transcript.append({ type: 'answer', text });
      this.#parts.tell({ event: 'answered', id: asked.id, text });
    });
  }

  async #do(step: Step): Promise<void> {
    const { transcript, jobs } = this.#parts;
    switch (step.do) {
      case 'text':
        this.#lines.push(`model: ${step.text}`);
        transcript.append({ type: 'assistant', text: step.text });
        return;
      case 'tool':
        transcript.append({ type: 'tool_use', id: step.id, name: step.name });
        await this.#hook('PreToolUse', { tool_name: step.name, tool_use_id: step.id, tool_input: {} });
        return;
      case 'tool_done':
        transcript.append({ type: 'tool_result', id: step.id });
        await this.#hook(step.failed === true ? 'PostToolUseFailure' : 'PostToolUse', {
          tool_use_id: step.id,
        });
        return;
      case 'permission':
        this.#asked = { kind: 'permission', id: step.id, text: `May ${step.name} run? (y/n)` };
        await this.#hook('PermissionRequest', { tool_name: step.name, tool_input: {} });
        return;
      case 'question':
        this.#asked = { kind: 'question', id: step.id, text: step.text };
        await this.#hook('Elicitation', { message: step.text });
        return;
      case 'subagent':
        await this.#hook('SubagentStart', { agent_id: step.id, agent_type: step.name });
        return;
      case 'subagent_done':
        await this.#hook('SubagentStop', { agent_id: step.id });
        return;
      case 'compact':
        this.#activity = 'compacting';
        await this.#hook('PreCompact', { trigger: 'manual' });
        return;
      case 'compact_done':
        this.#activity = this.#turn === undefined ? 'idle' : 'working';
        transcript.append({ type: 'summary' });
        await this.#hook('PostCompact', { trigger: 'manual' });
        return;
      case 'job':
        jobs.start(step.id, step.name, step.durable, this.id);
        return;
      case 'job_done':
        jobs.end(step.id);
        return;
      case 'wakeup':
        this.#wakeups.push({ id: step.id, schedule: step.schedule });
        return;
      case 'end':
        await this.#end();
        return;
      case 'fail':
        await this.#hook('StopFailure', { error: step.error });
        this.#idle('failed');
        return;
      case 'hold':
        transcript.hold();
        return;
      case 'release':
        transcript.release();
        return;
      case 'flush':
        this.#parts.tell({ event: 'flushed', bytes: transcript.flush() });
        return;
      case 'poison':
        transcript.append({ type: 'poison' });
        return;
      case 'exit':
        transcript.flush();
        process.exit(step.code);
        break;
      case 'kill':
        process.kill(process.pid, step.signal);
        return;
    }
  }

  async #end(): Promise<void> {
    const running = this.#parts.jobs.running(this.id);
    const goOn = await this.#hook('Stop', {
      stop_hook_active: this.#continued,
      background_tasks: running.map(({ id, name, durable, pid }) => ({
        id,
        type: 'shell',
        status: 'running',
        name,
        durable,
        pid,
      })),
      session_crons: this.#wakeups.map(({ id, schedule }) => ({ id, schedule, recurring: false })),
    });
    if (goOn) {
      this.#continued = true;
      this.#parts.tell({ event: 'continues' });
      return;
    }
    this.#parts.transcript.append({ type: 'turn_end' });
    this.#idle('turn_ended');
  }

  #idle(event: 'turn_ended' | 'interrupted' | 'failed'): void {
    this.#activity = 'idle';
    this.#turn = undefined;
    this.#parts.tell({ event, session_id: this.id });
    const next = this.#queued.shift();
    if (next !== undefined) this.#begin(next);
    this.#parts.changed();
  }

  #hook(event: string, more: Readonly<Record<string, unknown>>): Promise<boolean> {
    const { options, transcript, hooks } = this.#parts;
    return hooks.run(event, {
      session_id: this.id,
      ...(this.#turn === undefined ? {} : { prompt_id: this.#turn }),
      transcript_path: transcript.path,
      cwd: process.cwd(),
      permission_mode: options.permissionMode,
      ...more,
    });
  }

  #then(body: () => Promise<unknown>): Promise<void> {
    this.#last = this.#last.then(async () => {
      await body();
      this.#parts.changed();
    });
    return this.#last;
  }
}

/** Where nobody drives it, the model answers at once: `job NAME` and `durable NAME` start work behind the session. */
function byItself(text: string): readonly Step[] {
  const [word = '', name = ''] = text.split(' ');
  const job: readonly Step[] =
    name !== '' && (word === 'job' || word === 'durable')
      ? [{ do: 'job', id: name, name, durable: word === 'durable' }]
      : [];
  return [...job, { do: 'text', text: `You said: ${text}` }, { do: 'end' }];
}
