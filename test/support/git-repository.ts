import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as os from 'node:os';

/** A real git repository in a folder that is there, and that nothing of this machine's configuration reaches. */
export class GitRepository {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    this.git('init', '--quiet', '--initial-branch=main');
    this.git('config', 'core.autocrlf', 'false');
  }

  /** Whatever comes of it. */
  run(...args: readonly string[]): { readonly status: number | null; readonly output: string } {
    const { error, status, stdout, stderr } = spawnSync('git', args, {
      cwd: this.folder,
      encoding: 'utf8',
      env: {
        ...process.env,
        GIT_CONFIG_GLOBAL: os.devNull,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_AUTHOR_NAME: 'A',
        GIT_AUTHOR_EMAIL: 'a@example.org',
        GIT_COMMITTER_NAME: 'A',
        GIT_COMMITTER_EMAIL: 'a@example.org',
      },
    });
    if (error !== undefined) throw error;
    return { status, output: stdout + stderr };
  }

  /** @returns what it printed; it must succeed. */
  git(...args: readonly string[]): string {
    const { status, output } = this.run(...args);
    assert.equal(status, 0, `git ${args.join(' ')}: ${output}`);
    return output;
  }

  /** Commits whatever is there. */
  commit(message = 'a change'): void {
    this.git('add', '--all');
    this.git('commit', '--quiet', '--message', message);
  }
}
