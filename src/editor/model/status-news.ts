import type { StatusView } from './status-text.ts';

/**
 * The one status bar item where a harness has news: they come before what waits for a review, and after what a command is doing or what is
 * broken (`held`). What is not shown stands in the tooltip.
 */
export function withNews(
  view: StatusView | undefined,
  news: StatusView | undefined,
  held: boolean,
): StatusView | undefined {
  if (view === undefined || news === undefined) return view ?? news;
  const [shown, other] = held ? [view, news] : [news, view];
  const [rest] = other.tooltip;
  return rest === undefined ? shown : { ...shown, tooltip: [...shown.tooltip, rest] };
}
