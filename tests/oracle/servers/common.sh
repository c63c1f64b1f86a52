# Python servers for the scripts: installed once into a cache folder, started on loopback, stopped at the end. Sourced.

cache="${XDG_CACHE_HOME:-$HOME/.cache}/weave-rs"
logs=$(mktemp -d)
started=()

# Stops what was started, with what that started.
stop_servers() {
    local server
    for server in "${started[@]}"; do
        pkill -TERM -P "$server" 2>/dev/null || true
        kill "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    done
    rm -rf "$logs"
}
trap stop_servers EXIT

# Sets `python` to the interpreter of an environment that has these packages. A change of the list makes it anew.
environment() {
    local name="$1" list folder
    shift
    list=$(printf '%s\n' "$@")
    folder="$cache/$name"
    python="$folder/bin/python"
    if [ "$(cat "$folder/installed" 2>/dev/null)" = "$list" ]; then return; fi
    echo "installing $name into $folder (once)" >&2
    mkdir -p "$cache"
    rm -rf "$folder"
    if command -v uv >/dev/null; then
        uv venv --quiet --python "${WEAVE_TEST_PYTHON:-3.12}" "$folder"
        uv pip install --quiet --python "$python" "$@"
    else
        "${WEAVE_TEST_PYTHON:-python3}" -m venv "$folder"
        "$python" -m pip install --quiet "$@"
    fi
    echo "$list" >"$folder/installed"
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# Starts a command in the background, its output in a file; waits until a URL answers.
start_server() {
    local name="$1" url="$2"
    shift 2
    "$@" >"$logs/$name.log" 2>&1 &
    started+=($!)
    python3 - "$url" "$!" <<'PYTHON' || { tail -n 30 "$logs/$name.log" >&2; echo "$name did not start" >&2; exit 1; }
import os, sys, time, urllib.request
url, process = sys.argv[1], int(sys.argv[2])
for _ in range(900):
    try:
        urllib.request.urlopen(url, timeout=2).read()
        break
    except OSError as error:
        if getattr(error, "code", None):
            break
        os.kill(process, 0)
        time.sleep(0.2)
else:
    sys.exit(1)
PYTHON
}
