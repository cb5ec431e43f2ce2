import type { BeaverWorkspace } from '../../src/app/api.ts';
import type { SyncPayload } from '../../src/app/payloads.ts';
import type { OpenRequest } from '../../src/cli/context.ts';
import type { ExitCode } from '../../src/cli/failure.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import { fakeWorkspace, type FakeWorkspaceContent, type RecordedCall } from './fake-workspace.ts';

export interface CliRun {
  readonly exit: ExitCode;
  readonly out: string;
  readonly err: string;
  readonly calls: readonly RecordedCall[];
  /** What the workspace was opened with; empty when the command needs none. */
  readonly opened: readonly OpenRequest[];
}

export interface CliSetting {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly interactive?: boolean;
  readonly input?: string;
  readonly workspace?: BeaverWorkspace;
  /** What is kept of the last sync. */
  readonly recalled?: SyncPayload;
}

/** Runs a command line over a recording fake and keeps everything that it says. */
export async function runFake(
  args: readonly string[],
  content: FakeWorkspaceContent = {},
  setting: CliSetting = {},
): Promise<CliRun> {
  const fake = fakeWorkspace(content);
  const opened: OpenRequest[] = [];
  let out = '';
  let err = '';
  const exit = await runCli(
    args,
    {
      cwd: setting.cwd ?? process.cwd(),
      env: setting.env ?? {},
      interactive: setting.interactive ?? false,
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
      input: () => Promise.resolve(Buffer.from(setting.input ?? '')),
    },
    {
      open: (request) => {
        opened.push(request);
        return Promise.resolve(setting.workspace ?? fake.workspace);
      },
      recallSync: () => Promise.resolve(setting.recalled),
    },
  );
  return { exit, out, err, calls: fake.calls, opened };
}
