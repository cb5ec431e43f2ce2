#!/bin/sh
# beaver-launch [HARNESS] [arguments…]: starts the version of a harness that Beaver keeps. Also under the harness's own name, as a link.
#
# The common start costs a few reads and one exec: no network, no digest, no lock, no other process. The line file that it reads is derived
# from the pointer (docs/harness-contract.md); whatever it does not like, Node looks at (launch.cjs), and when that cannot run either, the
# installation that the person had before is started. Only what POSIX gives a shell is used, and -ef, -nt and -O, which every sh has.

say() { printf 'beaver-launch: %s\n' "$*" >&2; }

# Sets `here`: the folder of launch.cjs, beside this file wherever links lead to it.
find_here() {
  here=$0
  while [ -h "$here" ]; do
    to=$(readlink "$here") || return 1
    case $to in /*) here=$to ;; *) here=${here%/*}/$to ;; esac
  done
  here=${here%/*}
}

# Sets `node` where there is one and our part is beside us.
find_node() {
  find_here || return 1
  node=${BEAVER_NODE:-node}
  command -v "$node" >/dev/null 2>&1 && [ -f "$here/launch.cjs" ]
}

# Reads the nine lines of a line file from standard input; false unless all of it is there and well-formed.
read_line() {
  { IFS= read -r first && IFS= read -r directory && IFS= read -r version && IFS= read -r program &&
    IFS= read -r staged && IFS= read -r command && IFS= read -r one_shot && IFS= read -r variables &&
    IFS= read -r last; } || return 1
  [ "$first" = 'beaver-launch 1' ] && [ "$last" = end ] || return 1
  case $command in '' | -* | .* | *[!A-Za-z0-9._-]*) return 1 ;; esac
  case $directory in
    -) ;;
    '' | .* | *[!A-Za-z0-9._+@-]*) return 1 ;;
  esac
  case $program in
    -) [ "$directory" = - ] || return 1 ;;
    /*) [ "$directory" = - ] || return 1 ;;
    '' | ../* | */../* | */..) return 1 ;;
    *) [ "$directory" != - ] || return 1 ;;
  esac
}

# Sets `executable`: the program that the line names. False unless it is there, not empty and may be started.
startable() {
  case $program in
    -) return 1 ;;
    /*) executable=$program ;;
    *) executable=$root/versions/$directory/tree/$program ;;
  esac
  [ -f "$executable" ] && [ -s "$executable" ] && [ -x "$executable" ]
}

# Whether a version was changed after the line was written: then its content has to be looked at. A build of this machine is always new.
changed() {
  [ "$directory" != - ] && [ "$executable" -nt "$root/launch" ]
}

# Keeps a pipe open that tells garbage collection that this version runs. It ends with the last process that inherits it.
hold_lease() {
  [ "$directory" != - ] || return 0
  lease=$root/leases/$directory.lease
  if ! [ -p "$lease" ]; then
    { mkdir -p "$root/leases" && chmod 700 "$root/leases" && mkfifo -m 600 "$lease"; } 2>/dev/null
  fi
  if [ -p "$lease" ] && [ -r "$lease" ] && [ -w "$lease" ]; then exec 9<>"$lease"; fi
}

set_variables() {
  [ "$variables" != - ] || return 0
  for variable in $variables; do
    case $variable in [A-Za-z_]*=*) export "${variable?}" ;; esac
  done
}

# True for a start that needs nobody to look after it.
is_one_shot() {
  case " $one_shot " in *" ${1-} "*) return 0 ;; esac
  for argument; do
    case $argument in
      --) return 1 ;;
      -*) case " $one_shot " in *" $argument "*) return 0 ;; esac ;;
    esac
  done
  return 1
}

# The next program of this name on the PATH that is not this one.
start_base() {
  case ${BEAVER_LAUNCH_BASE-} in
    "$name $$" | "$name $PPID")
      say "\"$command\" on the PATH is this launcher again; nothing else can be started."
      exit 127
      ;;
  esac
  before=$IFS
  IFS=:
  set -f
  for folder in $PATH; do
    candidate=${folder:-.}/$command
    [ -f "$candidate" ] && [ -x "$candidate" ] || continue
    ! [ "$candidate" -ef "$0" ] || continue
    IFS=$before
    export BEAVER_LAUNCH_BASE="$name $$"
    exec "$candidate" "$@"
  done
  say "there is no version of \"$name\" that can be started, and no other \"$command\" on the PATH."
  exit 127
}

name=${0##*/}
if [ "$name" = beaver-launch ]; then
  case ${1-} in
    hook)
      # Whatever happens here, the agent that runs the hook must not notice.
      find_node || exit 0
      exec "$node" "$here/hook.cjs" "$@"
      ;;
    '' | -*)
      find_node && exec "$node" "$here/launch.cjs" words "$@"
      say 'Node 24 is needed for that.'
      exit 3
      ;;
  esac
  name=$1
  shift
fi
case $name in
  '' | -* | .* | *[!A-Za-z0-9._-]*)
    say 'this is no name of a harness.'
    exit 2
    ;;
esac
root=${BEAVER_HOME:-${HOME-}/.beaver}/harness/$name
command=$name

good=no
if [ -f "$root/launch" ] && read_line <"$root/launch"; then good=yes; fi
if [ $good = no ] || [ "$staged" != - ] || { [ "$program" != - ] && { ! startable || changed; }; }; then
  # Node decides what starts and prints the line; what it found it tells the person itself.
  if find_node && printed=$("$node" "$here/launch.cjs" prepare "$name"); then
    good=no
    if read_line <<LINE
$printed
LINE
    then good=yes; fi
  fi
  if [ $good = no ]; then
    command=$name
    [ ! -d "$root" ] || say "the versions of \"$name\" cannot be looked at; the next \"$name\" on the PATH is started."
    start_base "$@"
  fi
fi
[ "$program" != - ] || start_base "$@"

# The lease first: what is there afterwards stays there.
hold_lease
startable || {
  say "version $version of \"$name\" cannot be started; the next \"$command\" on the PATH is."
  start_base "$@"
}
set_variables
if [ -t 0 ] && [ -t 1 ] && [ "${BEAVER_SUPERVISOR-}" != off ] && ! is_one_shot "$@" && find_node &&
  [ -f "$here/supervisor.cjs" ]; then
  exec "$node" "$here/supervisor.cjs" "$name" "$executable" "$version" "$directory" -- "$@"
fi
exec "$executable" "$@"
