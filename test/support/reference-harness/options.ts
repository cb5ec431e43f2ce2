import { parseArgs } from 'node:util';

/** What a start was asked for. All but `resume`, `sessionId` and `prompt` are things that resuming does not bring back. */
export interface Options {
  readonly version: boolean;
  readonly help: boolean;
  /** One shot: answer on stdout and end. */
  readonly print: boolean;
  readonly resume: string | undefined;
  readonly sessionId: string | undefined;
  readonly settings: string | undefined;
  readonly model: string;
  readonly effort: string;
  readonly permissionMode: string;
  readonly addDirs: readonly string[];
  readonly persist: boolean;
  readonly prompt: string | undefined;
}

/** @throws for what is no option, as such programs do. */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      version: { type: 'boolean', short: 'v', default: false },
      help: { type: 'boolean', short: 'h', default: false },
      print: { type: 'boolean', short: 'p', default: false },
      resume: { type: 'string', short: 'r' },
      'session-id': { type: 'string' },
      settings: { type: 'string' },
      model: { type: 'string', default: 'plain' },
      effort: { type: 'string', default: 'medium' },
      'permission-mode': { type: 'string', default: 'default' },
      'dangerously-skip-permissions': { type: 'boolean', default: false },
      'add-dir': { type: 'string', multiple: true, default: [] },
      'no-session-persistence': { type: 'boolean', default: false },
    },
  });
  return {
    version: values.version,
    help: values.help,
    print: values.print,
    resume: values.resume,
    sessionId: values['session-id'],
    settings: values.settings,
    model: values.model,
    effort: values.effort,
    permissionMode: values['dangerously-skip-permissions'] ? 'bypassPermissions' : values['permission-mode'],
    addDirs: values['add-dir'],
    persist: !values['no-session-persistence'],
    prompt: positionals.length === 0 ? undefined : positionals.join(' '),
  };
}
