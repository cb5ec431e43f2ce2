import type { HarnessAdapter } from './adapter.ts';

/** One flag with its values, or one word that belongs to none. `words`: as they were given. */
export interface Argument {
  readonly kind: 'flag' | 'word';
  /** The flag without a value, or the word. */
  readonly name: string;
  readonly words: readonly string[];
}

export interface ReadArguments {
  readonly list: readonly Argument[];
  /** Flags that are not known and are followed by a word: nobody can tell whose it is. */
  readonly unclear: readonly string[];
}

/** Reads arguments as the program would. What stands after `--` are words. */
export function readArguments({ flags }: HarnessAdapter, argv: readonly string[]): ReadArguments {
  const list: Argument[] = [];
  const unclear: string[] = [];
  const isWord = (text: string | undefined): text is string => text !== undefined && !/^-./.test(text);
  for (let at = 0; at < argv.length;) {
    const text = argv[at] ?? '';
    if (text === '--') {
      for (const word of argv.slice(at + 1)) list.push({ kind: 'word', name: word, words: [word] });
      break;
    }
    if (isWord(text)) {
      list.push({ kind: 'word', name: text, words: [text] });
      at += 1;
      continue;
    }
    const { name, attached } = nameOf(flags, text);
    let count = 1;
    if (!attached && flags.one_value.includes(name)) count = 2;
    else if (!attached && flags.optional_value.includes(name)) count = isWord(argv[at + 1]) ? 2 : 1;
    else if (!attached && flags.many_values.includes(name)) while (isWord(argv[at + count])) count += 1;
    else if (!attached && !flags.without_value.includes(name) && isWord(argv[at + 1])) unclear.push(name);
    list.push({ kind: 'flag', name, words: argv.slice(at, at + count) });
    at += count;
  }
  return { list, unclear };
}

/** A start that holds no session: it prints something, manages something, or answers once. */
export function isOneShot(adapter: HarnessAdapter, argv: readonly string[]): boolean {
  const { list } = readArguments(adapter, argv);
  if (list.some(({ kind, name }) => kind === 'flag' && adapter.one_shot.flags.includes(name))) return true;
  const first = list.find(({ kind }) => kind === 'word');
  return first !== undefined && adapter.one_shot.commands.includes(first.name);
}

/** The words for which the front of the launcher looks; it knows no more of a command line. */
export function oneShotWords(adapter: HarnessAdapter): readonly string[] {
  return [...new Set([...adapter.one_shot.flags, ...adapter.one_shot.commands])];
}

export interface SessionStart {
  readonly argv: readonly string[];
  /** Null where the program chooses it, or the person has it choose one. */
  readonly sessionId: string | null;
  readonly persisted: boolean;
  /** Whether the program is told to tell of its turns. */
  readonly signalled: boolean;
}

export interface StartWish {
  /** For a new session, where the program takes one. */
  readonly sessionId: string;
  /** The command that hooks run, as a shell takes it; null: none is passed. */
  readonly hookCommand: string | null;
  /** The same as words, for programs that run it without a shell. */
  readonly hookWords: readonly string[];
  /** What the person's own settings flag holds: JSON. Null where they gave none, or where it cannot be read. */
  readonly userSettings: string | null;
}

/** The person's arguments, with what makes the session one that can be looked after. Nothing of theirs is taken away. */
export function startOf(adapter: HarnessAdapter, argv: readonly string[], wish: StartWish): SessionStart {
  const { list } = readArguments(adapter, argv);
  const has = (flags: readonly string[]): boolean =>
    list.some(({ kind, name }) => kind === 'flag' && flags.includes(name));
  const first = list.find(({ kind }) => kind === 'word');
  const theirs =
    has(adapter.session.flags) || (first !== undefined && adapter.session.commands.includes(first.name));
  const chosen = adapter.session.choose !== null && !theirs ? wish.sessionId : null;
  const given = list.find(({ name, words }) => name === adapter.session.choose && words.length === 2)
    ?.words[1];
  const persisted = !has(adapter.session.unkept);
  const hooked = hookedArguments(adapter, argv, list, wish);
  return {
    argv: [...(chosen === null ? [] : [adapter.session.choose ?? '', chosen]), ...(hooked ?? argv)],
    sessionId: chosen ?? given ?? null,
    persisted,
    signalled: hooked !== undefined && !has(adapter.session.unsignalled),
  };
}

export type ResumePlan =
  | { readonly kind: 'arguments'; readonly argv: readonly string[] }
  /** It cannot be told what belongs together: the session goes on as it is. */
  | { readonly kind: 'unclear'; readonly flags: readonly string[] };

export interface ResumeWish extends Omit<StartWish, 'sessionId'> {
  readonly sessionId: string;
  /** As the program said last; null where it never did. */
  readonly permissionMode: string | null;
}

/**
 * A start that goes on with a session: every flag that resuming does not restore is given again (R04), the words of the first prompt are
 * not (R06), and a bypass of permissions only where the person's own arguments had it.
 */
export function resumeOf(adapter: HarnessAdapter, argv: readonly string[], wish: ResumeWish): ResumePlan {
  const { list, unclear } = readArguments(adapter, argv);
  if (unclear.length > 0) return { kind: 'unclear', flags: unclear };
  const flags = list.filter(({ kind, name }) => kind === 'flag' && !adapter.session.flags.includes(name));
  const kept = withPermission(adapter, flags, wish.permissionMode).flatMap(({ words }) => words);
  const first = adapter.session.resume.map((text) => text.replace('{session_id}', wish.sessionId));
  const hooked = hookedArguments(adapter, kept, readArguments(adapter, kept).list, wish);
  return { kind: 'arguments', argv: [...first, ...(hooked ?? kept)] };
}

function withPermission(
  { permission }: HarnessAdapter,
  flags: readonly Argument[],
  mode: string | null,
): readonly Argument[] {
  if (permission === null || mode === null) return flags;
  const about = [permission.mode, ...permission.bypass_flags];
  const bypasses = (one: Argument): boolean =>
    permission.bypass_flags.includes(one.name) ||
    (one.name === permission.mode &&
      one.words.some((text) => permission.bypass_modes.some((word) => text.endsWith(word))));
  if (permission.bypass_modes.includes(mode)) {
    return flags.some(bypasses) ? flags : flags.filter(({ name }) => !about.includes(name));
  }
  const rest = flags.filter(({ name }) => !about.includes(name));
  return [{ kind: 'flag', name: permission.mode, words: [permission.mode, mode] }, ...rest];
}

/** Undefined where the program cannot be told without losing something of the person's. */
function hookedArguments(
  { hooks }: HarnessAdapter,
  argv: readonly string[],
  list: readonly Argument[],
  { hookCommand, hookWords, userSettings }: Omit<StartWish, 'sessionId'>,
): readonly string[] | undefined {
  if (hookCommand === null) return undefined;
  switch (hooks.via) {
    case 'none':
      return undefined;
    case 'notify': {
      // Theirs would be replaced by ours: there is only one.
      const theirs = list.some(
        ({ name, words }) => name === hooks.flag && words.some((text) => text.includes(`${hooks.key}=`)),
      );
      return theirs ? undefined : [hooks.flag, `${hooks.key}=${JSON.stringify(hookWords)}`, ...argv];
    }
    case 'settings': {
      const given = list.find(({ name }) => name === hooks.flag);
      if (given === undefined) return [hooks.flag, hookSettings({}, hooks.events, hookCommand), ...argv];
      const theirs = settingsObject(userSettings);
      if (theirs === undefined) return undefined;
      const merged = [hooks.flag, hookSettings(theirs, hooks.events, hookCommand)];
      return [...merged, ...list.filter((one) => one !== given).flatMap(({ words }) => words)];
    }
  }
}

/** Settings with a command for each event beside those that are there. */
function hookSettings(
  settings: Readonly<Record<string, unknown>>,
  events: readonly string[],
  command: string,
): string {
  const theirs = isObject(settings['hooks']) ? settings['hooks'] : {};
  const ours = { hooks: [{ type: 'command', command, timeout: 5 }] };
  const hooks = events.map((event) => {
    const before: unknown = theirs[event];
    return [event, [...(Array.isArray(before) ? (before as readonly unknown[]) : []), ours]] as const;
  });
  return JSON.stringify({ ...settings, hooks: { ...theirs, ...Object.fromEntries(hooks) } });
}

function settingsObject(text: string | null): Readonly<Record<string, unknown>> | undefined {
  if (text === null) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function nameOf(
  flags: HarnessAdapter['flags'],
  text: string,
): { readonly name: string; readonly attached: boolean } {
  const equals = text.indexOf('=');
  if (text.startsWith('--') && equals > 0) return { name: text.slice(0, equals), attached: true };
  const short = text.slice(0, 2);
  const takes = [...flags.one_value, ...flags.many_values].includes(short);
  if (!text.startsWith('--') && text.length > 2 && takes) return { name: short, attached: true };
  return { name: text, attached: false };
}
