# shellcheck shell=bash disable=SC2034
# What is installed on Debian 12, and Node. A second run finds all in place and calls neither apt nor npm.

PACKAGES_BUILD=(
  g++ cmake ninja-build ccache mold pkg-config git ca-certificates tzdata
  libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev
  libsqlite3-dev libpq-dev libsodium-dev zlib1g-dev libre2-dev libjemalloc-dev
  libexpected-dev libfmt-dev libhowardhinnant-date-dev libcli11-dev
  googletest libgtest-dev libgmock-dev
)
PACKAGES_TEST=(postgresql-15 chromium procps)
PACKAGES_CHECK=(clang-19 clang-tidy-19 clang-format-19 libclang-rt-19-dev)

NODE_WANTED=20.19   # what Vite needs
NODE_PINNED=22.23.3 # what is taken from npm when the machine's is older
NPM_PINNED=10.9.9

say() { printf '== %s\n' "$*" >&2; }
die() {
  printf './dev: %s\n' "$*" >&2
  exit 1
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# need_packages NAME…: installs those that are missing, in one apt-get call.
need_packages() {
  local installed missing=() name
  # dpkg-query fails when it has never heard of one of them, and tells of some that are not installed.
  installed=" $({ dpkg-query -W -f='${db:Status-Abbrev} ${Package}\n' "$@" 2>/dev/null || true; } |
    sed -n 's/^ii  *//p' | tr '\n' ' ')"
  for name in "$@"; do
    case $installed in *" $name "*) ;; *) missing+=("$name") ;; esac
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  [ "$(id -u)" = 0 ] || command -v sudo >/dev/null ||
    die "missing packages: ${missing[*]}; run this as root, or install sudo"
  say "installing ${missing[*]}"
  # No PostgreSQL server of the machine's own: tests start theirs.
  if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
    as_root mkdir -p /etc/postgresql-common
    echo 'create_main_cluster = false' | as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
  fi
  as_root apt-get update -q </dev/null
  # libboost1.81-dev takes the place of libboost1.74-dev where that is installed.
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}" </dev/null
}

# at_least A B: version A ≥ version B.
at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -1)" = "$2" ]; }

# Puts a node that is new enough, with its npm, first in PATH.
need_node() {
  local bin=$PWD/build/node/node_modules/.bin arch
  if command -v node >/dev/null && command -v npm >/dev/null && at_least "$(node -v | tr -d v)" "$NODE_WANTED"; then
    return
  fi
  if [ ! -x "$bin/node" ] || [ "$("$bin/node" -v 2>/dev/null)" != "v$NODE_PINNED" ]; then
    command -v npm >/dev/null || need_packages nodejs npm
    case $(uname -m) in aarch64) arch=arm64 ;; *) arch=x64 ;; esac
    say "taking Node $NODE_PINNED from npm"
    mkdir -p build/node
    npm install --prefix build/node --no-save --no-audit --no-fund --loglevel=error \
      "node-linux-$arch@$NODE_PINNED" "npm@$NPM_PINNED" </dev/null
    ln -sf "../node-linux-$arch/bin/node" "$bin/node"
  fi
  export PATH="$bin:$PATH"
}
