/** What `serve` takes, as commander names it. */
export interface ServeOptions {
  /** 0 takes any that is free. */
  readonly port: number;
  readonly tokenFile?: string;
}
