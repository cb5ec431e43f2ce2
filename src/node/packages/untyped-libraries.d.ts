/** The parts of packages without types that Beaver calls. */
declare module 'pacote' {
  export interface PacoteOptions {
    readonly cache: string;
    readonly registry: string;
    readonly fullMetadata?: boolean;
    readonly preferOnline?: boolean;
    readonly offline?: boolean;
    readonly integrity?: string;
    readonly ignoreScripts: true;
    readonly signal: AbortSignal;
    readonly timeout: number;
    readonly fetchRetries: number;
    readonly fetchRetryFactor: number;
    /** Milliseconds. */
    readonly fetchRetryMintimeout: number;
    readonly fetchRetryMaxtimeout: number;
    readonly proxy?: string;
    readonly noProxy?: string;
    readonly userAgent: string;
  }
  interface Pacote {
    /** What it would ask, without asking: its registry is the public one where the options name none. */
    readonly RegistryFetcher: new (spec: string, options: object) => { readonly registry: string };
    /** What the registry says; untyped, as it is somebody else's. */
    packument(spec: string, options: PacoteOptions): Promise<unknown>;
    tarball: {
      /** Rejects with `EINTEGRITY` when the bytes are not those of `integrity`. */
      stream<T>(
        spec: string,
        take: (stream: AsyncIterable<Uint8Array>) => Promise<T>,
        options: PacoteOptions,
      ): Promise<T>;
    };
  }
  const pacote: Pacote;
  // eslint-disable-next-line no-restricted-syntax -- what the package itself exports
  export default pacote;
}

declare module 'yauzl' {
  import type { Readable } from 'node:stream';
  export interface Entry {
    readonly fileName: string;
    readonly versionMadeBy: number;
    readonly externalFileAttributes: number;
    readonly uncompressedSize: number;
    readonly compressedSize: number;
    isEncrypted(): boolean;
    canDecodeFileData(): boolean;
  }
  export interface ZipFile {
    readonly entryCount: number;
    eachEntry(): AsyncIterable<Entry>;
    openReadStreamPromise(entry: Entry): Promise<Readable>;
    close(): void;
  }
  export function openPromise(
    file: string,
    options: { autoClose: boolean; lazyEntries: true; strictFileNames: boolean; validateEntrySizes: boolean },
  ): Promise<ZipFile>;
}

declare module '@npmcli/agent' {
  import type { Agent } from 'node:http';
  export function getAgent(
    url: string,
    options: {
      readonly proxy?: string;
      readonly noProxy?: string;
      readonly timeouts?: { readonly connection?: number };
    },
  ): Agent;
}
