import * as vscode from 'vscode';
import type { Contribution } from '../contribution.ts';
import { waitingUpdates } from '../upkeep/waiting-updates.ts';
import type { MarketSnapshot } from '../model/market-snapshot.ts';
import { withNews } from '../model/status-news.ts';
import { type PluginUpdateCounts, statusView } from '../model/status-text.ts';

/** The one status bar item. Hidden when there is nothing to say. */
export const statusBar: Contribution = {
  register({ folders, activity, t }) {
    const item = vscode.window.createStatusBarItem('beaver.status', vscode.StatusBarAlignment.Left, 0);
    item.name = t('Beaver Skill Updates');
    const follow = (): void => {
      const { outcome, waiting } = activity;
      const view =
        outcome !== undefined && !waiting
          ? {
              text: `$(check) ${outcome}`,
              tooltip: [outcome],
              command: 'beaver.plugins.focus',
              spoken: `Beaver: ${outcome}`,
            }
          : statusView(folders.snapshots, waiting, t, pluginUpdates(folders.marketSnapshots));
      const held = outcome !== undefined || waiting || view?.command === 'beaver.log.show';
      const shown = withNews(view, activity.news, held);
      if (shown === undefined) {
        item.hide();
        return;
      }
      item.text = shown.text;
      item.tooltip = shown.tooltip.join('\n');
      item.command = shown.command;
      item.accessibilityInformation = { label: shown.spoken, role: 'button' };
      item.show();
    };
    return vscode.Disposable.from(
      item,
      folders.onDidChange(follow),
      folders.onDidChangeMarkets(follow),
      activity.onDidChange(follow),
    );
  },
};

function pluginUpdates(snapshots: readonly MarketSnapshot[]): PluginUpdateCounts {
  const waiting = snapshots.flatMap(waitingUpdates);
  return { waiting: waiting.length, staged: waiting.filter(({ staged }) => staged !== undefined).length };
}
