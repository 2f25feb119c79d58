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

# wait_for SECONDS CMD...   polls every 0.1 s
wait_for() { local n=$(( $1 * 10 )); shift
  while ! "$@" >/dev/null 2>&1; do n=$((n-1)); [ $n -gt 0 ] || return 1; sleep 0.1; done; }

# stop_pid PIDFILE SECONDS   TERM, wait, then KILL; only the recorded pid
stop_pid() { local p; [ -s "$1" ] || return 0; p=$(cat "$1")
  kill "$p" 2>/dev/null || { rm -f "$1"; return 0; }
  local n=$(( $2 * 10 )); while kill -0 "$p" 2>/dev/null && [ $n -gt 0 ]; do n=$((n-1)); sleep 0.1; done
  kill -9 "$p" 2>/dev/null || true; rm -f "$1"; }

# begin DIR PIDFILE SECONDS   marks the start as under way; one that fails leaves no server behind
begin() { mkdir -p "$PROVOST_SERVERS"; MARK=$1.starting; STOP=("$2" "$3"); echo $$ > "$MARK"
  trap 'rc=$?; [ $rc = 0 ] || stop_pid "${STOP[@]}"; rm -f "$MARK"' EXIT; }

# publish DIR KEY=VALUE...   prints and stores the instance's coordinates
publish() { local d=$1 kv; shift; : > "$d/env"
  for kv in "$@"; do printf "%s='%s'\n" "${kv%%=*}" "${kv#*=}" | tee -a "$d/env"; done; }
