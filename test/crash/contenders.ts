import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type ContenderOrder, contenderReport, type ContenderReport } from './contention-messages.ts';

const CONTENDER = fileURLToPath(new URL('./contender.ts', import.meta.url));

/** Real processes that share one workspace and its kernel lock, each carrying out one order at a time. */
export class Contenders {
  readonly #children: readonly ChildProcess[];

  private constructor(children: readonly ChildProcess[]) {
    this.#children = children;
  }

  static async start(count: number, root: string): Promise<Contenders> {
    const children = Array.from({ length: count }, () =>
      fork(CONTENDER, [root], { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }),
    );
    const started = new Contenders(children);
    try {
      for (const report of await Promise.all(children.map(next))) assert.equal(report.kind, 'ready');
    } catch (error) {
      await started.end();
      throw error;
    }
    return started;
  }

  /** Gives each process its order at the same time. @returns their answers and refusals; a defect fails the test. */
  async together(orders: readonly ContenderOrder[]): Promise<readonly string[]> {
    const reports = await Promise.all(
      this.#children.slice(0, orders.length).map((child, index) => {
        const report = next(child);
        const order = orders[index];
        if (order !== undefined) child.send(order);
        return report;
      }),
    );
    return reports.map((report) => {
      if (report.kind === 'answered') return report.answer;
      if (report.kind === 'refused') return `refused: ${report.code}`;
      throw new Error(report.kind === 'broken' ? report.reason : 'A process started anew.');
    });
  }

  async end(): Promise<void> {
    for (const child of this.#children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
    }
  }
}

async function next(child: ChildProcess): Promise<ContenderReport> {
  const gone = new AbortController();
  const messages: unknown[] = await Promise.race([
    once(child, 'message', { signal: gone.signal }),
    once(child, 'exit', { signal: gone.signal }).then(() => {
      throw new Error('A process ended before it answered.');
    }),
  ]).finally(() => {
    gone.abort();
  });
  return contenderReport.parse(messages[0]);
}
