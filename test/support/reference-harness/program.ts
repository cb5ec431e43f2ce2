/** The reference harness: a terminal program that behaves as agents' programs do, and tells a test what it does. */
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { homedir } from 'node:os';
import * as path from 'node:path';
import { BackgroundJobs } from './background-jobs.ts';
import { ContractLink } from './contract-link.ts';
import { Hooks } from './hooks.ts';
import { readKeys } from './keys.ts';
import { type Options, readOptions } from './options.ts';
import { Screen } from './screen.ts';
import { ScriptLink } from './script-link.ts';
import { Session } from './session.ts';
import { Transcript } from './transcript.ts';

const fault = process.env['REFERENCE_FAULT'] ?? HARNESS_FAULT;
const home = process.env['REFERENCE_HOME'] ?? path.join(homedir(), '.reference');

class Program {
  readonly #options: Options;
  readonly #screen = new Screen();
  readonly #link: ScriptLink;
  readonly #contract: ContractLink;
  readonly #hooks: Hooks;
  readonly #jobs = new BackgroundJobs(home);
  #session: Session;
  #transcript: Transcript;
  #draft = '';
  #ending = false;

  constructor(options: Options) {
    this.#options = options;
    this.#link = new ScriptLink(process.env['REFERENCE_CONTROL'], (step) => {
      this.#session.step(step);
    });
    this.#contract = new ContractLink(process.env['BEAVER_HARNESS_SOCKET'], () => ({
      session_id: this.#session.id,
      transcript_bytes: this.#transcript.flush(),
    }));
    this.#hooks = new Hooks(options.settings);
    const id = options.resume ?? options.sessionId ?? randomUUID();
    this.#transcript = new Transcript(home, id, options.persist);
    this.#session = this.#open(id);
  }

  run(): void {
    if (this.#options.resume !== undefined && !this.#transcript.exists) {
      fail(`No conversation found with session ID: ${this.#options.resume}`);
    }
    if (fault === 'crash_on_resume' && this.#options.resume !== undefined) fail('cannot resume');
    if (this.#transcript.read().some(({ type }) => type === 'poison')) process.kill(process.pid, 'SIGSEGV');
    if (fault === 'ignore_sigterm') process.on('SIGTERM', () => undefined);
    else process.on('SIGTERM', () => void this.#end('other', 143));
    process.on('SIGHUP', () => void this.#end('other', 129));
    process.stdout.on('resize', () => {
      this.#draw();
      this.#link.send({ event: 'resized', columns: process.stdout.columns, rows: process.stdout.rows });
    });
    process.on('SIGCONT', () => {
      this.#screen.enter();
      this.#draw();
    });
    this.#screen.enter();
    process.stdin.setEncoding('utf8');
    process.stdin.on('data', (text: string) => {
      for (const key of readKeys(text)) this.#key(key);
    });
    process.stdin.on('end', () => void this.#end('other', 0));
    const { resume } = this.#options;
    if (resume === undefined) {
      this.#transcript.append({ type: 'session', id: this.#session.id, version: HARNESS_VERSION });
    }
    this.#link.send({
      event: 'hello',
      pid: process.pid,
      version: HARNESS_VERSION,
      argv: process.argv.slice(2),
      session_id: this.#session.id,
      transcript: this.#transcript.path,
      cwd: process.cwd(),
      model: this.#options.model,
      permission_mode: this.#options.permissionMode,
    });
    void this.#session.started(resume === undefined ? 'startup' : 'resume').then(() => {
      this.#contract.health(this.#session.id, HARNESS_VERSION);
      this.#link.send({ event: 'ready', session_id: this.#session.id });
      this.#draw();
      if (this.#options.prompt !== undefined) this.#session.submit(this.#options.prompt);
    });
  }

  #key(key: string): void {
    switch (key) {
      case 'enter':
        this.#enter();
        break;
      case 'backspace':
        this.#draft = this.#draft.slice(0, -1);
        break;
      case 'escape':
        this.#session.interrupt();
        break;
      case 'ctrl+c':
        if (this.#session.working) this.#session.interrupt();
        else if (this.#draft !== '') this.#draft = '';
        else void this.#end('prompt_input_exit', 0);
        break;
      case 'ctrl+d':
        void this.#end('prompt_input_exit', 0);
        break;
      case 'ctrl+z':
        this.#screen.leave();
        process.kill(process.pid, 'SIGTSTP');
        // Here again when it goes on; without its terminal there would be nothing left to wait for.
        this.#screen.enter();
        break;
      default:
        if (this.#session.asked?.kind === 'permission') this.#session.submit(key);
        else this.#draft += key;
    }
    this.#link.send({ event: 'key', key, draft: this.#draft });
    this.#draw();
  }

  #enter(): void {
    const text = this.#draft;
    this.#draft = '';
    if (text === '') return;
    if (text === '/exit') void this.#end('prompt_input_exit', 0);
    else if (text === '/clear') void this.#clear();
    else if (text.startsWith('/shell ')) this.#shell(text.slice('/shell '.length));
    else this.#session.submit(text);
  }

  /** A program of the person's own has the terminal until it ends. */
  #shell(command: string): void {
    this.#screen.leave();
    spawnSync(command, { shell: true, stdio: 'inherit' });
    this.#screen.enter();
  }

  async #clear(): Promise<void> {
    await this.#session.ended('clear');
    this.#transcript.flush();
    const id = randomUUID();
    this.#transcript = new Transcript(home, id, this.#options.persist);
    this.#transcript.append({ type: 'session', id, version: HARNESS_VERSION });
    this.#session = this.#open(id);
    await this.#session.started('clear');
    this.#link.send({ event: 'cleared', session_id: id });
  }

  async #end(reason: string, code: number): Promise<void> {
    if (this.#ending) return;
    this.#ending = true;
    this.#link.send({ event: 'stopping', code });
    await this.#session.ended(reason);
    this.#transcript.flush();
    this.#jobs.endWithProgram();
    this.#screen.leave();
    process.exit(code);
  }

  #open(id: string): Session {
    return new Session({
      options: this.#options,
      id,
      transcript: this.#transcript,
      hooks: this.#hooks,
      jobs: this.#jobs,
      driven: this.#link.driven,
      tell: (happening) => {
        this.#link.send(happening);
      },
      changed: () => {
        this.#draw();
      },
    });
  }

  #draw(): void {
    this.#screen.draw(this.#session.view(this.#draft, HARNESS_VERSION));
  }
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function start(): void {
  const options = readOptions(process.argv.slice(2));
  if (options.version) {
    process.stdout.write(`reference ${fault === 'wrong_version' ? '9.9.9' : HARNESS_VERSION}\n`);
    return;
  }
  if (options.help) {
    process.stdout.write('reference [--resume ID] [--session-id ID] [--settings JSON] [-p] [PROMPT]\n');
    return;
  }
  if (options.print) {
    process.stdout.write(`You said: ${options.prompt ?? ''}\n`);
    return;
  }
  if (fault === 'crash_at_start') fail('cannot start');
  if (fault === 'killed_at_start') process.kill(process.pid, 'SIGSEGV');
  if (fault === 'exit_zero') return;
  if (fault === 'hang') {
    setInterval(() => undefined, 60_000);
    return;
  }
  new Program(options).run();
}

start();
