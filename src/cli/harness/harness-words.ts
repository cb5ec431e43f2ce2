/** The options of `beaver harness …`, as commander names them. */
export interface HarnessAddWords {
  readonly root: string;
  readonly mirror: readonly string[];
  readonly channel: string;
  readonly command?: string;
  readonly delegate?: boolean;
  readonly replace?: boolean;
}

export interface HarnessCheckWords {
  readonly acceptClock?: boolean;
}

export interface HarnessUpdateWords extends HarnessCheckWords {
  readonly stageOnly?: boolean;
}

export interface HarnessRollbackWords {
  readonly reason?: string;
}

export interface HarnessIgnoreWords {
  readonly reason?: string;
}

export interface HarnessStopWords {
  readonly stop?: boolean;
}

export interface HarnessAutoWords {
  readonly update?: 'on' | 'off';
  readonly restart?: 'on' | 'off';
}
