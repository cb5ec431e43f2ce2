/** What the last replay of exactly this content found, for the picture of both arms. Rates are 0 to 1. */
export interface ViewReplay {
  readonly status: 'completed' | 'incomplete' | 'not_run';
  readonly verdict: 'improved' | 'no_worse' | 'worse' | 'inconclusive' | null;
  readonly model: string | null;
  /** ISO 8601. */
  readonly at: string;
  readonly evalsFrom: 'draft' | 'local' | null;
  readonly evals: number;
  readonly recorded: number;
  readonly finished: number;
  readonly planned: number;
  /** Null until both have a run. */
  readonly arms: { readonly baseline: ViewReplayArm; readonly candidate: ViewReplayArm } | null;
  /** Of the pass rates, candidate − baseline. */
  readonly difference: {
    readonly estimate: number;
    readonly low: number;
    readonly high: number;
    readonly confidence: number;
    /** What may be lost and still counts as no worse. */
    readonly margin: number;
  } | null;
}

export interface ViewReplayArm {
  readonly runs: number;
  readonly passRate: { readonly mean: number; readonly stddev: number };
  readonly seconds: number;
  readonly tokens: number;
}

/** The words of the picture; `{0}`, `{1}` are filled in where they are shown. */
export interface ReplayStrings {
  readonly title: string;
  readonly run: string;
  readonly runAgain: string;
  readonly progress: string;
  readonly improved: string;
  readonly noWorse: string;
  readonly worse: string;
  readonly inconclusive: string;
  readonly noVerdict: string;
  readonly current: string;
  readonly draft: string;
  readonly passRate: string;
  readonly time: string;
  readonly tokens: string;
  readonly runs: string;
  readonly plusMinus: string;
  readonly seconds: string;
  readonly difference: string;
  readonly interval: string;
  readonly intervalPicture: string;
  readonly evalsOfDraft: string;
  readonly evalsOfLocal: string;
  readonly recorded: string;
  readonly model: string;
}
