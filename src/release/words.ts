/** The options of `beaver-release`, as commander names them. */
export interface SignWords {
  readonly signWith: readonly string[];
}

export interface RootWords extends SignWords {
  readonly expiresDays: number;
}

export interface InitWords extends RootWords {
  readonly product: string;
  readonly rootKey: readonly string[];
  readonly rootThreshold: number;
  readonly manifestKey: readonly string[];
  readonly manifestThreshold: number;
}

export interface RotateWords extends RootWords {
  readonly rootKey?: readonly string[];
  readonly rootThreshold?: number;
  readonly manifestKey?: readonly string[];
  readonly manifestThreshold?: number;
}

export interface PublishWords extends SignWords {
  readonly channel: string;
  readonly release: string;
  readonly asset: readonly string[];
  readonly executable?: string;
  readonly smokeArgument?: readonly string[];
  readonly gitSha: string;
  readonly builtAt?: string;
  readonly profile: string;
  readonly minimumLauncher: string;
  readonly revoke?: readonly string[];
  readonly expiresDays: number;
}
