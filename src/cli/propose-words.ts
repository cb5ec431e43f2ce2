/** What `skills propose` takes, as commander names it. */
export interface ProposeOptions {
  readonly reason: string;
  readonly file?: string;
  readonly put?: readonly string[];
  readonly remove?: readonly string[];
  readonly folder?: string;
  readonly base?: string;
}
