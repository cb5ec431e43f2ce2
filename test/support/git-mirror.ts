import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import * as path from 'node:path';

/**
 * A bare repository that borrows every object of another one, which is only read, and serves as the big hosts do: filtered, and any commit.
 */
export class GitMirror {
  readonly folder: string;

  /** @param from Of an ordinary or a bare repository. */
  constructor(from: string, folder: string) {
    this.folder = folder;
    mkdirSync(path.dirname(folder), { recursive: true });
    const source = path.resolve(existsSync(path.join(from, '.git')) ? path.join(from, '.git') : from);
    execFileSync('git', ['clone', '--quiet', '--bare', '--shared', source, folder]);
    this.git('config', 'uploadpack.allowFilter', 'true');
    this.git('config', 'uploadpack.allowAnySHA1InWant', 'true');
  }

  git(...args: readonly string[]): string {
    return this.#run(args, undefined);
  }

  has(commit: string): boolean {
    try {
      this.git('cat-file', '-e', `${commit}^{tree}`);
      return true;
    } catch {
      return false;
    }
  }

  /** Moves the branch to a commit with the tree of `commit`, in which one file has another text. @returns the new commit. */
  publish(commit: string, file: string, text: string): string {
    const index = { GIT_INDEX_FILE: path.join(this.folder, 'bench-index') };
    const blob = this.#run(['hash-object', '-w', '--stdin'], text);
    this.#run(['read-tree', commit], undefined, index);
    this.#run(['update-index', '--add', '--cacheinfo', `100644,${blob},${file}`], undefined, index);
    const tree = this.#run(['write-tree'], undefined, index);
    const author = { GIT_AUTHOR_NAME: 'b', GIT_AUTHOR_EMAIL: 'b@b.test', GIT_AUTHOR_DATE: '@0 +0000' };
    const who = {
      ...author,
      ...{ GIT_COMMITTER_NAME: 'b', GIT_COMMITTER_EMAIL: 'b@b.test', GIT_COMMITTER_DATE: '@0 +0000' },
    };
    const made = this.#run(['commit-tree', tree, '-m', commit], undefined, who);
    this.git('update-ref', this.git('symbolic-ref', 'HEAD'), made);
    return made;
  }

  #run(args: readonly string[], input: string | undefined, environment: NodeJS.ProcessEnv = {}): string {
    return execFileSync('git', args, {
      cwd: this.folder,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      stdio: ['pipe', 'pipe', 'ignore'],
      ...(input === undefined ? {} : { input }),
      env: { ...process.env, ...environment },
    }).trim();
  }
}
