import * as vscode from 'vscode';
import { writer, type Write } from '../commands/run.ts';
import type { EditorHost } from '../contribution.ts';
import { localTime } from '../local-time.ts';
import { logFailure } from '../log.ts';
import { VIEWS } from '../model/command-ids.ts';
import { presentHarnessNode } from '../model/harness-items.ts';
import { harnessChildren, harnessRoots, type HarnessTreeNode } from '../model/harness-nodes.ts';
import { HarnessSession } from '../model/harness-session.ts';
import { harnessStatus } from '../model/harness-status.ts';
import type { StatusView } from '../model/status-text.ts';
import { treeItem } from '../views/tree-item.ts';
import { readActivity } from './harness-activity.ts';
import { HarnessAutomatic } from './harness-automatic.ts';
import { HarnessWatch } from './harness-watch.ts';
import { openHarness, type OpenedHarness } from './open-harness.ts';

/** Everything of the harnesses in one window: what was read, the watchers and the domain. Loaded when it is first needed. */
export class HarnessPart implements vscode.Disposable {
  readonly host: EditorHost;
  readonly opened: OpenedHarness;
  readonly session: HarnessSession;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #watch: HarnessWatch;
  #automatic: HarnessAutomatic | undefined;
  readonly onDidChange = this.#changed.event;

  private constructor(host: EditorHost) {
    this.host = host;
    this.opened = openHarness(host.context, host.log);
    const { service, deps } = this.opened;
    this.session = new HarnessSession({
      service,
      activity: () => readActivity(deps),
      clock: deps.clock,
      onChange: () => {
        this.#changed.fire();
      },
      onFailure: (what, error) => {
        logFailure(host.log, what, error);
      },
    });
    this.#watch = new HarnessWatch(deps.beaverHome, deps.files, () => void this.refresh());
  }

  /** Resolves after the first reading. */
  static async open(host: EditorHost): Promise<HarnessPart> {
    const part = new HarnessPart(host);
    await part.refresh();
    part.#automatic = new HarnessAutomatic(part);
    return part;
  }

  /** Reads what is there now. Never rejects. */
  async refresh(): Promise<void> {
    try {
      await this.#watch.follow();
    } catch (error) {
      logFailure(this.host.log, 'watch harnesses', error);
    }
    await this.session.refresh();
  }

  /** Does one thing that writes, and reads again. */
  readonly write: Write = async (body) => {
    try {
      return await writer(this.host, VIEWS.harness)(body);
    } finally {
      await this.refresh();
    }
  };

  /** For the status bar. */
  news(): StatusView | undefined {
    return harnessStatus(this.session.snapshot, this.host.t);
  }

  item(node: HarnessTreeNode): vscode.TreeItem {
    return treeItem(presentHarnessNode(node, { t: this.host.t, time: localTime }), node);
  }

  children(node: HarnessTreeNode | undefined): HarnessTreeNode[] {
    return [...(node === undefined ? harnessRoots(this.session.snapshot) : harnessChildren(node))];
  }

  dispose(): void {
    this.#automatic?.dispose();
    this.#watch.dispose();
    this.session.dispose();
    this.#changed.dispose();
  }
}
