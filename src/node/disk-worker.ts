/** A thread that does what is asked of it with synchronous system calls. Imports no more than that needs: it must start at once. */
import { parentPort } from 'node:worker_threads';
import { type DiskTask, runDiskTask } from './disk-tasks.ts';

parentPort?.postMessage('ready');
parentPort?.on('message', ({ id, task }: { readonly id: number; readonly task: DiskTask }) => {
  try {
    const { value, moved } = runDiskTask(task);
    parentPort?.postMessage({ id, value }, [...moved]);
  } catch (error) {
    const { message, code, syscall, path } = error as NodeJS.ErrnoException;
    parentPort?.postMessage({ id, error: { message, code, syscall, path } });
  }
});
