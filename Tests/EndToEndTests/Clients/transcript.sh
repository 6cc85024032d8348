#!/bin/sh
# Runs a client's commands as a terminal would show them: each line of the file, what it printed, how it ended.
# usage: transcript.sh FILE CLIENT-VERSION FOLDER, with KUBECONFIG, SERVER, CA and FILES set; the folder's bin/ holds the
# clients.
#
# A line that begins with @VERSION is for that version of the client only.

# Runs a command until it has printed so many lines; after the first one, something else.
watching() {
    lines=$1 change=$2
    shift 2
    mkfifo pipe
    timeout 30 "$@" >pipe 2>&1 &
    watcher=$!
    {
        read -r line && echo "$line"
        eval "$change"
        while [ "$lines" -gt 1 ] && read -r line; do
            echo "$line"
            lines=$((lines - 1))
        done
    } <pipe
    kill "$watcher"
    wait "$watcher" 2>/dev/null
    rm pipe
}

# Does something again and again until a command has printed a line: for one that begins with nothing.
until_first() {
    change=$1
    shift
    timeout 30 "$@" >printed 2>&1 &
    watcher=$!
    tries=0
    until [ -s printed ] || [ $((tries += 1)) -gt 100 ]; do
        eval "$change" >/dev/null
        sleep 0.1
    done
    kill "$watcher"
    wait "$watcher" 2>/dev/null
    sed 1q printed
}

# Waits until an object's field has a value: every kubectl can do that, unlike `wait --for=jsonpath`.
until_field() {
    tries=0
    until [ "$(kubectl get "$1" -o jsonpath="$2")" = "$3" ]; do
        [ $((tries += 1)) -lt 300 ] || { echo "$1: $2 is not $3"; return 1; }
        sleep 0.1
    done
}
# Waits until nothing is left of what `kubectl get` would show.
gone() {
    tries=0
    until [ -z "$(kubectl get "$@" --ignore-not-found -o name)" ]; do
        [ $((tries += 1)) -lt 300 ] || { echo "$* is still there"; return 1; }
        sleep 0.1
    done
}

finished() { until_field "$1" '{.status.phase}' Succeeded; }
restarted() { until_field "$1" '{.status.containerStatuses[0].restartCount} {.status.containerStatuses[0].ready}' '1 true'; }

cd "$3" || exit
PATH=$PWD/bin:$PATH HOME=$PWD
export PATH HOME
exec 2>&1
version=$2
while IFS= read -r line <&3; do
    case $line in
    '' | '#'*) continue ;;
    "@$version "*) line=${line#* } ;;
    '@'*) continue ;;
    esac
    printf '$ %s\n' "$line"
    eval "$line" </dev/null
    code=$?
    [ "$code" -eq 0 ] || echo "[exit code $code]"
done 3<"$1"
