/**
 * `beaver-launch hook`: what an agent runs when something happens in a session. Sends one line to the supervisor of the session and ends.
 * Loads next to nothing, says nothing, never fails, and gives up where nothing moves: an agent waits for its hooks.
 */
import { connect } from 'node:net';
import process from 'node:process';
import { hookLine } from '../core/harness/hook-line.ts';

/** Milliseconds without progress. */
const PATIENCE = 50;
/** Milliseconds in all, whatever moves. */
const LONGEST = 1000;
/** Characters of a payload; one that is longer says what a tool answered, and is not worth the time. */
const LARGEST = 64 * 1024 * 1024;

function giveUp(): never {
  process.exit(0);
}

/** Ends the process where nothing moves. Answers what is called when something does. */
function patience(): () => void {
  let waiting = setTimeout(giveUp, PATIENCE);
  setTimeout(giveUp, LONGEST);
  return () => {
    clearTimeout(waiting);
    waiting = setTimeout(giveUp, PATIENCE);
  };
}

/** What the program gave as an argument, put in the environment, or writes to the standard input. */
function payload(moved: () => void, found: (text: string) => void): void {
  const given = process.argv.slice(2).findLast((word) => word.trimStart().startsWith('{'));
  const text = given ?? process.env['CODE_HOOK_PAYLOAD'];
  if (text !== undefined) {
    found(text);
    return;
  }
  let read = '';
  process.stdin.setEncoding('utf8');
  process.stdin.on('error', giveUp);
  process.stdin.on('data', (piece: string) => {
    read += piece;
    if (read.length > LARGEST) giveUp();
    moved();
  });
  process.stdin.on('end', () => {
    found(read);
  });
}

function runHook(address: string | undefined): void {
  process.on('uncaughtException', giveUp);
  process.on('unhandledRejection', giveUp);
  if (address === undefined || address === '') giveUp();
  const moved = patience();
  payload(moved, (text) => {
    moved();
    const line = hookLine(text, process.env['CODE_HOOK_EVENT'], Date.now());
    if (line === undefined) giveUp();
    const socket = connect(address);
    socket.on('error', giveUp);
    socket.on('close', giveUp);
    // Written to the system is enough: the supervisor reads it when it gets to it.
    socket.write(`${line}\n`, giveUp);
  });
}

runHook(process.env['BEAVER_HARNESS_SOCKET']);
