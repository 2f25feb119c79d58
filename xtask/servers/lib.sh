# Shared helpers for the throw-away directory servers. Sourced, not run.
# Every instance lives in $PROVOST_SERVERS/<name>-<baseport>/, listens on loopback only, and writes an `env` file
# (KEY='VALUE' lines) there that a test reads.
set -euo pipefail
PROVOST_SERVERS=${PROVOST_SERVERS:-${TMPDIR:-/tmp}/provost-servers}
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export PATH=$PATH:/usr/sbin:/sbin LDAPTLS_REQCERT=never

die() { echo "$*" >&2; exit 1; }
# absent REASON: the server cannot be had on this machine, which is not a fault of the server
absent() { echo "$*" >&2; exit 3; }
need() { command -v "$1" >/dev/null || absent "$1 is not installed (run install-debian.sh)"; }
port_busy() { (exec 3<>"/dev/tcp/${2:-127.0.0.1}/$1") 2>/dev/null; }
alive() { [ -s "$1" ] && kill -0 "$(cat "$1")" 2>/dev/null; }

# wait_for SECONDS CMD...   polls every 0.1 s; a server that takes the connection and never answers does not hold it up
wait_for() { local end=$(( SECONDS + $1 )); shift
  while ! LDAPTIMEOUT=5 LDAPNETWORK_TIMEOUT=5 "$@" >/dev/null 2>&1; do [ $SECONDS -lt $end ] || return 1; sleep 0.1; done; }

# limited SECONDS CMD...   runs a program that ends in this time, or is ended and says so
limited() { local limit=$1 rc=0; shift
  timeout --foreground -k 10 "$limit" "$@" || rc=$?
  [ $rc != 124 ] || echo "$1 did not end within $limit seconds" >&2
  return $rc; }

# stop_pid PIDFILE SECONDS   TERM, wait, then KILL; only the recorded pid
stop_pid() { local p; [ -s "$1" ] || return 0; p=$(cat "$1")
  kill "$p" 2>/dev/null || { rm -f "$1"; return 0; }
  local n=$(( $2 * 10 )); while kill -0 "$p" 2>/dev/null && [ $n -gt 0 ]; do n=$((n-1)); sleep 0.1; done
  kill -9 "$p" 2>/dev/null || true; rm -f "$1"; }

# begin DIR PIDFILE SECONDS   marks the start as under way; one that fails leaves no server behind. LATE holds the seconds
# after which a server that was let go has written its pid file at the latest.
begin() { mkdir -p "$PROVOST_SERVERS"; MARK=$1.starting; STOP=("$2" "$3"); LATE=0; echo $$ > "$MARK"
  trap 'rc=$?; [ $rc = 0 ] || { wait_for $LATE test -s "${STOP[0]}" || true; stop_pid "${STOP[@]}"; }; rm -f "$MARK"' EXIT; }

# starting MARK   whether the start that left this mark is under way; another program may have got its pid since
starting() { alive "$1" && case $(tr '\0' ' ' < "/proc/$(cat "$1")/cmdline") in *-start.sh*) true ;; *) false ;; esac; }

# publish DIR KEY=VALUE...   prints and stores the instance's coordinates
publish() { local d=$1 kv; shift; : > "$d/env"
  for kv in "$@"; do printf "%s='%s'\n" "${kv%%=*}" "${kv#*=}" | tee -a "$d/env"; done; }
