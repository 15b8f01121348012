# shellcheck shell=bash
# Web pages and C++: what is up to date costs a second.

JOBS=${CAIRN_JOBS:-$(nproc)}

# need_modules FOLDER: npm ci there when its lock file changed. No script of a package is run in tests/clients: nothing
# there needs one.
need_modules() {
  need_node
  mkdir -p build/stamps
  local lock stamp=build/stamps/npm-ci-${1//\//-} flags=()
  [ "$1" = web ] || flags=(--ignore-scripts)
  lock=$(sha256sum "$1/package-lock.json")
  if [ ! -d "$1/node_modules" ] || [ "$lock" != "$(cat "$stamp" 2>/dev/null)" ]; then
    say "npm ci in $1/"
    (cd "$1" && npm ci "${flags[@]}" --no-audit --no-fund --loglevel=error </dev/null)
    echo "$lock" >"$stamp"
  fi
}

# build_web: npm run build when a source changed.
build_web() {
  [ -f web/package.json ] || return 0
  local sources
  need_modules web
  sources=$(find web \( -name node_modules -o -name dist \) -prune -o -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum)
  if [ ! -d web/dist ] || [ "$sources" != "$(cat build/stamps/web 2>/dev/null)" ]; then
    say "npm run build in web/"
    (cd web && npm run build --silent </dev/null)
    echo "$sources" >build/stamps/web
  fi
}

# build_preset PRESET [TARGET…]: configures once, then Ninja, which configures again when it must.
build_preset() {
  local dir=build/$1 preset=$1
  shift
  if [ -f "$dir/CMakeCache.txt" ] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$PWD" "$dir/CMakeCache.txt"; then
    rm -rf "$dir" # made when the repository was elsewhere
  fi
  if [ ! -f "$dir/build.ninja" ]; then
    mkdir -p "$dir"
    cmake --preset "$preset" >"$dir/configure.log" 2>&1 || {
      cat "$dir/configure.log" >&2
      die "cmake --preset $preset failed"
    }
  fi
  ninja -C "$dir" -j "$JOBS" "$@" </dev/null
}

# locked COMMAND…: one build at a time in this checkout.
locked() {
  mkdir -p build
  (
    flock -n 9 || {
      say "waiting for another build to end"
      flock 9
    }
    "$@" 9>&-
  ) 9>build/.lock
}

build_release() {
  locked build_web
  locked build_preset release cairn
}

bench_names() { sed -n 's/^bench_\([^\t]*\)\t.*/\1/p' build/release/benches.txt; }

# run_benches [NAME] [--json FILE]
run_benches() {
  local names=() file='' failed=0 name
  while [ $# -gt 0 ]; do
    case $1 in
      --json) file=${2:?"--json needs a file"} && shift ;;
      -*) die "bench: unknown option $1" ;;
      *) names+=("$1") ;;
    esac
    shift
  done
  need_packages "${PACKAGES_BUILD[@]}" "${PACKAGES_TEST[@]}"
  build_release
  locked build_preset release benches
  if [ ${#names[@]} -eq 0 ]; then
    mapfile -t names < <(bench_names)
  fi
  mkdir -p build/bench
  rm -f build/bench/*.jsonl
  for name in "${names[@]}"; do
    [ -x "build/release/tests/bench_$name" ] ||
      die "there is no bench '$name'; there are: $(bench_names | xargs)"
    say "bench $name"
    [ "$name" != engine ] || locked need_modules tests/bench/duckdb # its peer
    CAIRN_BIN=$PWD/build/release/cairn "build/release/tests/bench_$name" --json "build/bench/$name.jsonl" || failed=1
  done
  if [ -n "$file" ]; then
    { echo '['; cat build/bench/*.jsonl 2>/dev/null | sed '$!s/$/,/'; echo ']'; } >"$file"
    say "rows are in $file"
  fi
  return $failed
}
