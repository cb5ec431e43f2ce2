/** `plugins pin`, as commander names the options. */
export interface PinWords {
  readonly prereleases?: true;
}

/** `updates auto`. */
export interface AutoUpdateWords {
  readonly explain?: true;
  readonly now?: true;
}

/** `plugins reconcile`. */
export interface ReconcileWords {
  readonly apply?: true;
  readonly yes?: true;
}

/** `plugins import`. */
export interface ImportWords {
  readonly claude?: true;
  readonly skillsLock?: true;
  readonly apply?: true;
  readonly trust?: true;
}
