import process from 'node:process';

/** What the command line sees of the process around it: tests give their own. */
export interface Terminal {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** True when a person reads standard output directly. */
  readonly interactive: boolean;
  out(text: string): void;
  err(text: string): void;
  /** Everything on standard input, to its end. */
  input(): Promise<Uint8Array>;
}

/** The real process. A reader that closes the pipe early (`beaver … | head`) ends the output, not the program with a crash. */
export function processTerminal(): Terminal {
  return {
    cwd: process.cwd(),
    env: process.env,
    interactive: process.stdout.isTTY,
    out: writerTo(process.stdout),
    err: writerTo(process.stderr),
    async input() {
      const parts: Buffer[] = [];
      for await (const part of process.stdin) parts.push(Buffer.from(part as Uint8Array));
      return Buffer.concat(parts);
    },
  };
}

function writerTo(stream: NodeJS.WriteStream): (text: string) => void {
  let open = true;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    open = false;
    if (error.code !== 'EPIPE' && error.code !== 'EOF') process.exitCode = 3;
  });
  return (text) => {
    if (open && text !== '') stream.write(text);
  };
}
