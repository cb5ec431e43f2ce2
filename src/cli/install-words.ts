/** The words that commands about installed plugins take. Loads nothing. */
export interface InstallWords {
  readonly frozen?: true;
  readonly pin?: string;
  readonly accept?: string;
  /** False with `--no-enable`. */
  readonly enable: boolean;
  readonly offline?: true;
}

export interface UpdateWords {
  readonly accept?: string;
  readonly offline?: true;
  readonly staged?: true;
}
