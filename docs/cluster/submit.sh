#!/usr/bin/env bash
# Runs a sweep as a Slurm job array, and a merge that waits for it:
#
#   submit.sh FILE SHARDS [DIR]
#
# The result appears in DIR/NAME (DIR: output), as a single machine would write it. The parts and the logs stand in
# DIR/STEM.parts, where STEM.toml is the sweep file. Whatever was cut short, the same command again completes it.
#
# CATCHUP is the program, if it is not on the PATH. Account, partition, time limit: SBATCH_ACCOUNT, SBATCH_PARTITION,
# SBATCH_TIMELIMIT, and whatever else sbatch reads from the environment.
set -euo pipefail

die() {
  echo "submit.sh: $*" >&2
  exit "${code:-1}"
}

if [ $# -lt 2 ] || [ $# -gt 3 ]; then
  code=2 die "usage: submit.sh FILE SHARDS [DIR]"
fi
file=$1 shards=$2 dir=${3:-output}
[[ $shards =~ ^[1-9][0-9]{0,5}$ ]] || code=2 die "SHARDS is a whole number from 1 on, such as 8, not '$shards'"
catchup=$(type -P "${CATCHUP:-catchup}") || code=2 die "${CATCHUP:-catchup} is no program: name it in CATCHUP"
[ -f "$file" ] || code=2 die "$file is no file"
type -P sbatch >/dev/null || die "sbatch is missing: this machine has no Slurm (without one: GNU parallel, docs/cluster.md)"

# A mistake shows here, not in a log after a night in the queue.
"$catchup" check "$file" >&2

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
stem=$(basename -- "$file" .toml)
file=$(realpath -- "$file")
mkdir -p -- "$dir/$stem.parts/logs"
dir=$(realpath -- "$dir")
parts=$dir/$stem.parts
# Slurm reads % in the name of a log as the start of a pattern.
logs=${parts//%/%%}/logs

CATCHUP=$(realpath -- "$catchup")
SHARDS=$shards
export CATCHUP SHARDS

sweep=$(sbatch --parsable --array="1-$shards" --output="$logs/sweep-%a.log" "$here/sweep.sbatch" "$file" "$parts") ||
  die "the array was not accepted (the largest index is 1 below the MaxArraySize of 'scontrol show config')"
sweep=${sweep%%;*}
merge=$(sbatch --parsable --dependency="afterok:$sweep" --kill-on-invalid-dep=yes --output="$logs/merge.log" \
  "$here/merge.sbatch" "$parts" "$shards" "$dir") || {
  scancel "$sweep" || true
  die "the merge was not accepted; the array $sweep is cancelled"
}
merge=${merge%%;*}
echo "sweep $sweep"
echo "merge $merge"
