#!/usr/bin/env bash
# A real Slurm on one host, for tests: two nodes of one core each, without systemd, cgroups or a database.
#
#   single-host.sh start DIR    starts munged, slurmctld and two slurmd; returns when both nodes are idle
#   single-host.sh stop  DIR    cancels the jobs, stops what start started, and returns when it is gone
#
# All it writes is in DIR, which must be a folder of its own: configuration, key, socket, state, logs. A cluster that is
# configured on this host is not touched. Needs root and Debian's slurmctld, slurmd, slurm-client and munge. To talk to it:
#
#   export SLURM_CONF=DIR/slurm.conf
set -euo pipefail

usage() {
  echo "usage: $0 start|stop DIR" >&2
  exit 2
}
[ $# -eq 2 ] || usage
verb=$1
mkdir -p -- "$2"
dir=$(cd -- "$2" && pwd -P)
PATH=$PATH:/usr/sbin:/sbin
conf=$dir/slurm.conf
export SLURM_CONF=$conf
daemons=(slurmd.n0 slurmd.n1 slurmctld munged)

die() {
  echo "$0: $*" >&2
  exit 1
}

# The process id of a daemon that was started here and lives; a number that now belongs to another program is none.
pid_of() {
  local pid
  pid=$(cat "$dir/$1.pid" 2>/dev/null) || return 1
  [ -n "$pid" ] && tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep --quiet --fixed-strings -- "$dir/" && echo "$pid"
}

# Repeats a command, silently, until it succeeds; for at most $1 tenths of a second.
within() {
  local tries=$1
  shift
  until "$@" >/dev/null 2>&1; do
    [ $((tries -= 1)) -gt 0 ] || return 1
    sleep 0.1
  done
}

no_jobs() { [ -z "$(timeout 5 squeue --noheader --states=running,completing,suspended)" ]; }
gone() { ! pid_of "$1"; }
idle() { [ "$(timeout 5 sinfo --noheader --Node --format=%T | sort --unique)" = idle ]; }
closed() { ! (: </dev/tcp/127.0.0.1/"$1") 2>/dev/null; }

stop() {
  # Job steps end with their job, not with their daemon.
  if pid_of slurmctld >/dev/null && timeout 5 squeue --noheader >/dev/null 2>&1; then
    timeout 5 scancel --quiet --user="$(id -un)" 2>/dev/null || true
    within 200 no_jobs || echo "$0: some jobs do not end" >&2
  fi
  local daemon pid
  for daemon in "${daemons[@]}"; do
    pid=$(pid_of "$daemon") || continue
    kill "$pid" 2>/dev/null || true
    within 100 gone "$daemon" || kill -KILL "$pid" 2>/dev/null || true
    within 20 gone "$daemon" || die "$daemon, process $pid, does not end"
    rm -f -- "$dir/$daemon.pid"
  done
}

# Three free ports from a place that differs between calls.
ports() {
  local port=$((20000 + $$ % 10000)) found=()
  while [ ${#found[@]} -lt 3 ]; do
    if closed "$port"; then found+=("$port"); fi
    port=$((port + 1))
  done
  echo "${found[@]}"
}

configure() {
  local host control first second
  host=$(hostname -s)
  read -r control first second < <(ports)
  cat >"$conf" <<CONF
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$control
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
# The second one is how long a requeued job waits, in seconds.
AuthInfo=socket=$dir/munge.socket,cred_expire=5
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_interval=2,bf_interval=2,batch_sched_delay=0
ReturnToService=2
KillWait=5
MinJobAge=600
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool.%n
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd.%n.pid
SlurmctldLogFile=$dir/log/slurmctld.log
SlurmdLogFile=$dir/log/slurmd.%n.log
NodeName=n0 NodeHostname=$host NodeAddr=127.0.0.1 Port=$first CPUs=1 RealMemory=1000
NodeName=n1 NodeHostname=$host NodeAddr=127.0.0.1 Port=$second CPUs=1 RealMemory=1000
PartitionName=batch Nodes=n[0-1] Default=YES MaxTime=INFINITE State=UP
CONF
}

start() {
  [ "$(id -u)" = 0 ] || die "needs root"
  local program node
  for program in munged slurmctld slurmd sbatch; do
    command -v "$program" >/dev/null || die "$program is missing: apt install slurmctld slurmd slurm-client munge"
  done
  case $dir in *[!A-Za-z0-9._/-]*) die "$dir: Slurm's configuration takes no such path; letters, digits and ._/- only" ;; esac
  if pid_of slurmctld >/dev/null && idle; then
    return
  fi
  stop
  # What a former start left: jobs that nobody waits for.
  rm -rf -- "$dir/state" "$dir"/spool.n? "$dir/log" "$dir/munge.key"
  mkdir -p -- "$dir/state" "$dir/spool.n0" "$dir/spool.n1" "$dir/log"
  configure
  (umask 077 && head -c 1024 /dev/urandom >"$dir/munge.key")
  # In a folder of tests others may pass through; the key is for its owner alone.
  chmod 755 "$dir"
  munged --force --key-file="$dir/munge.key" --socket="$dir/munge.socket" --pid-file="$dir/munged.pid" \
    --log-file="$dir/log/munged.log" --seed-file="$dir/munge.seed" 2>"$dir/log/munged.err" ||
    die "munged does not start: $(cat "$dir/log/munged.err")"
  slurmctld -f "$conf" || die "slurmctld does not start: $dir/log/slurmctld.log"
  for node in n0 n1; do
    slurmd -f "$conf" -N "$node" || die "slurmd does not start: $dir/log/slurmd.$node.log"
  done
  within 200 idle || die "the nodes are not idle: $(tail -n 5 "$dir"/log/*.log 2>&1)"
}

case $verb in
start) start ;;
stop) stop ;;
*) usage ;;
esac
