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
# taken PORT [ADDRESS]: another program was faster; elsewhere the start may succeed
taken() { echo "the port $1${2:+ of $2} is taken" >&2; exit 4; }
# late STEP SECONDS: a step of the start ran out of time
late() { echo "${NAME:-the server} did not start: $1 ran out of time after $2 s" >&2; exit "${LATE:-5}"; }
need() { command -v "$1" >/dev/null || absent "$1 is not installed (run install-debian.sh)"; }
port_busy() { (exec 3<>"/dev/tcp/${2:-127.0.0.1}/$1") 2>/dev/null; }
alive() { [ -s "$1" ] && kill -0 "$(cat "$1")" 2>/dev/null; }

# Seconds for one step of an installation, for one question to a server and for one change of its entries.
STEP_LIMIT=${STEP_LIMIT:-300}; ASK_LIMIT=${ASK_LIMIT:-5}; EDIT_LIMIT=${EDIT_LIMIT:-60}
ask() { timeout -k 1 "$ASK_LIMIT" "$@"; }

# limit LOG CMD...   writes what CMD prints to LOG, and ends it and its children after STEP_LIMIT. It runs beside the shell, which would take notice of a
# signal only after a command that it runs itself.
limit() { local log=$1 rc=0; shift
  timeout -k 10 "$STEP_LIMIT" "$@" > "$log" 2>&1 & LIMITED=$!
  wait "$LIMITED" || rc=$?
  LIMITED=; case $rc in 124|137) late "${1##*/}" "$STEP_LIMIT" ;; esac
  return "$rc"; }

# wait_for SECONDS CMD...   polls every 0.1 s; a CMD that may hang is an `ask`
wait_for() { local end=$((SECONDS + $1)); shift
  while ! "$@" >/dev/null 2>&1; do [ $SECONDS -lt $end ] || return 1; sleep 0.1; done; }

# stop_pid PIDFILE SECONDS   TERM, wait, then KILL; only the recorded pid
stop_pid() { local p; [ -s "$1" ] || return 0; p=$(cat "$1")
  kill "$p" 2>/dev/null || { rm -f "$1"; return 0; }
  local n=$(( $2 * 10 )); while kill -0 "$p" 2>/dev/null && [ $n -gt 0 ]; do n=$((n-1)); sleep 0.1; done
  kill -9 "$p" 2>/dev/null || true; rm -f "$1"; }

# begin DIR PIDFILE SECONDS   marks the start as under way; one that fails leaves no server behind
begin() { mkdir -p "$PROVOST_SERVERS"; MARK=$1.starting; STOP=("$2" "$3"); echo $$ > "$MARK"
  trap 'rc=$?; [ $rc = 0 ] || leave; rm -f "$MARK"' EXIT
  # without these the trap of the end sees the code of the last command, which may be 0
  trap 'exit 129' HUP; trap 'exit 130' INT; trap 'exit 143' TERM; }
# PID_DELAY: how long after its launch a server may write its pid
leave() { [ -z "${LIMITED:-}" ] || kill "$LIMITED" 2>/dev/null || true
  wait_for "${PID_DELAY:-0}" test -s "${STOP[0]}" || true; stop_pid "${STOP[@]}"; }
# starting MARK   tells whether the start of a mark goes on; its pid may belong to a stranger by now
starting() { alive "$1" && grep -zqxF "PROVOST_SERVERS=$PROVOST_SERVERS" "/proc/$(cat "$1")/environ" 2>/dev/null; }

# publish DIR KEY=VALUE...   prints and stores the instance's coordinates
publish() { local d=$1 kv; shift; : > "$d/env"
  for kv in "$@"; do printf "%s='%s'\n" "${kv%%=*}" "${kv#*=}" | tee -a "$d/env"; done; }
