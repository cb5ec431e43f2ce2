import process from 'node:process';

export interface StopSignal {
  /** Resolves when somebody asks the process to end (Ctrl+C, a service manager). A second request ends it at once. */
  readonly asked: Promise<void>;
  dispose(): void;
}

export function stopSignal(): StopSignal {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const stop = (): void => {
    dispose();
    resolve(undefined);
  };
  const dispose = (): void => {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return { asked: promise, dispose };
}
