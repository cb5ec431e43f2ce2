/**
 * What leads the session of the harness's own terminal, as a shell does: without a leader in another process group the harness could not be
 * stopped (Ctrl+Z) by the signal that asks for it. It starts the harness in the foreground, holds the lease of its version, tells the
 * supervisor when the harness stopped, and ends as the harness ended.
 *
 * Arguments: process of the supervisor, pipe that says "go on", lease or nothing, settings of the terminal or nothing, then the command.
 */
export const MONITOR_SCRIPT = `
supervisor=$1 resume=$2 lease=$3 settings=$4
shift 4
if [ -n "$lease" ]; then
  [ -p "$lease" ] || { mkdir -p "\${lease%/*}" && mkfifo -m 600 "$lease"; } 2>/dev/null
  if [ -p "$lease" ] && [ -r "$lease" ] && [ -w "$lease" ]; then exec 9<>"$lease"; fi
fi
[ -z "$settings" ] || stty "$settings" 2>/dev/null
# What a shell says about its jobs is nothing for this screen.
exec 8>&2 2>/dev/null
set -m
sh -c 'printf "\\033]777;beaver;%s\\007" "$$"; exec "$@" 8>&-' sh "$@" 2>&8
status=$?
stopped() {
  [ "$status" -gt 128 ] || return 1
  case $(kill -l "$status" 2>/dev/null) in TSTP | STOP | TTIN | TTOU) kill -0 %% 2>&1 ;; *) return 1 ;; esac
}
while stopped; do
  [ -p "$resume" ] || mkfifo -m 600 "$resume"
  kill -USR2 "$supervisor"
  read -r word <"$resume"
  fg >/dev/null 2>&1
  status=$?
done
exit $status
`;

/** Bytes before the first of the harness's own: its process. */
export const PRELUDE = /^\x1b\]777;beaver;(\d+)\x07/;
/** More than that is no prelude. Bytes. */
export const LONGEST_PRELUDE = 40;
