# shellcheck shell=bash
# Format, clang-tidy, libFuzzer.

sources() { find src tests -type f \( -name '*.cpp' -o -name '*.h' \) -print0 | sort -z; }

run_format() {
  need_packages "${PACKAGES_CHECK[@]}"
  if [ "${1:-}" = --check ]; then
    sources | xargs -0 clang-format-19 --dry-run -Werror
  else
    sources | xargs -0 clang-format-19 -i
  fi
}

# tidy_one FILE: clang-tidy, unless it had nothing to say of the same text before: all files take long.
tidy_one() {
  local key postgres clean=build/tidy/clean
  mkdir -p "$clean"
  read -ra postgres < <(pkg-config --cflags libpq)
  key=$(
    set -o pipefail
    { g++ -std=c++20 -Isrc "${postgres[@]}" -E "$1" && cat .clang-tidy && clang-tidy-19 --version; } |
      sha256sum | cut -c1-40
  ) || return 1
  [ ! -e "$clean/$key" ] || return 0
  clang-tidy-19 -p build/tidy --quiet --warnings-as-errors='*' "$1" 2>>build/clang-tidy.log && touch "$clean/$key"
}

# Without the precompiled header, so that an include that is missing shows.
run_tidy() {
  local bad=0 postgres
  need_packages "${PACKAGES_BUILD[@]}" "${PACKAGES_CHECK[@]}"
  locked build_preset tidy tidy_test
  build/tidy/tests/tidy_test --gtest_brief=1 || bad=1
  say "each header alone"
  read -ra postgres < <(pkg-config --cflags libpq)
  find src -name '*.h' -print0 | sort -z | xargs -0 -P "$JOBS" -I '{}' \
    g++ -std=c++20 -fsyntax-only -Wall -Wextra -Isrc "${postgres[@]}" -include '{}' -x c++ /dev/null || bad=1
  say "clang-tidy"
  rm -f build/clang-tidy.log
  export -f tidy_one
  find src -name '*.cpp' ! -name '*_test.cpp' -print0 | sort -z |
    xargs -0 -P "$JOBS" -n 1 bash -c 'tidy_one "$1"' tidy_one || bad=1
  return $bad
}

# fuzz_one NAME PROGRAM SECONDS: from its corpus; what it finds stays in build/fuzz/found.
fuzz_one() {
  local log=build/fuzz/$1.log
  mkdir -p "build/fuzz/found/$1" "build/fuzz/corpus/$1"
  "$2" -max_total_time="$3" -timeout=10 -rss_limit_mb=2048 -artifact_prefix="build/fuzz/found/$1/" \
    "build/fuzz/corpus/$1" "tests/fuzz/corpus/$1" >"$log" 2>&1 </dev/null && return
  tail -60 "$log"
  return 1
}

# fuzz_all SECONDS: each target for so long, as many side by side as there are cores.
fuzz_all() {
  local name program
  locked build_preset fuzz fuzz_targets
  export -f fuzz_one
  xargs -r -P "$JOBS" -L 1 bash -c 'fuzz_one "${1#fuzz_}" "$2" "$0"; echo $? >"build/fuzz/$1.status"' "$1" \
    <build/fuzz/fuzz_targets.txt
  while IFS=$'\t' read -r name program; do
    check "$name for $1 s" test "$(cat "build/fuzz/$name.status")" = 0
  done <build/fuzz/fuzz_targets.txt
}
