# shellcheck shell=bash
# Tests: every program that a preset's lists name, side by side; the counts are read from their own reports.

passed=0 failed=0 skipped=0
failures='' # a line for each test that failed: told again at the end, where the middle of a long output may be cut

# start_postgres: one private server for all test programs; it ends when this script does.
start_postgres() {
  [ -z "${CAIRN_TEST_POSTGRES:-}" ] || return 0
  local line
  coproc POSTGRES { exec tests/support/postgres.sh; }
  read -r line <&"${POSTGRES[0]}" || line="none: tests/support/postgres.sh failed"
  case $line in
    postgres*) export CAIRN_TEST_POSTGRES=$line ;;
    *) say "the PostgreSQL tests are skipped (${line#none: })" ;;
  esac
}

count() { grep -cE "$1" "$2" || true; }

stop_postgres() {
  [ -n "${POSTGRES_PID:-}" ] || return 0
  eval "exec ${POSTGRES[1]}>&-" # the end of its input is its sign to stop
  wait "$POSTGRES_PID" || true
}

# run_one DIRECTORY FILTER NAME PROGRAM: runs it, prints a line, leaves its counts in logs/NAME.count. A program that
# died, or reported no test at all, has failed.
run_one() {
  local log=$1/logs/$3.log status=0 start=$SECONDS ok bad skip word='   ok '
  timeout --kill-after=10 1200 "$4" --gtest_color=no --gtest_filter="$2" >"$log" 2>&1 </dev/null || status=$?
  ok=$(count '^\[       OK \]' "$log")
  bad=$(count '^\[  FAILED  \] .* \([0-9]+ ms\)$' "$log")
  skip=$(count '^\[  SKIPPED \] .* \([0-9]+ ms\)$' "$log")
  if [ "$bad" = 0 ] && { [ "$status" != 0 ] || [ $((ok + skip)) = 0 ]; }; then bad=1; fi
  [ "$bad" = 0 ] || word=' FAIL '
  echo "$ok $bad $skip" >"$1/logs/$3.count"
  printf '%s %-28s %5d passed %3d failed %3d skipped %4d s  status %d\n' \
    "$word" "$3" "$ok" "$bad" "$skip" $((SECONDS - start)) "$status"
}

# show_failures LOG: the output of the tests that did not pass, or the end of the log when it tells of none.
show_failures() {
  if grep -qE '^\[  FAILED  \] .* \([0-9]+ ms\)$' "$1"; then
    awk '/^\[ RUN      \]/ {text = ""} {text = text "    | " $0 "\n"}
         /^\[  FAILED  \] .* \([0-9]+ ms\)$/ {printf "%s", text; text = ""}' "$1" | head -400
  else
    tail -80 "$1" | sed 's/^/    | /'
  fi
}

# run_programs PRESET LISTS [FILTER]: the programs that build/PRESET/LIST.txt names, as many at a time as there are cores.
run_programs() {
  local dir=build/$1 list filter=${3:-*} count_file ok bad skip
  rm -rf "$dir/logs" && mkdir -p "$dir/logs"
  say "tests of $dir"
  export -f run_one count
  for list in $2; do cat "$dir/$list.txt"; done |
    xargs -r -P "$JOBS" -L 1 bash -c 'run_one "$@"' run_one "$dir" "$filter"
  for count_file in "$dir"/logs/*.count; do
    read -r ok bad skip <"$count_file"
    passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + skip))
    [ "$bad" = 0 ] || {
      local log=${count_file%.count}.log
      failures+="$dir $(basename "$log" .log): $(sed -nE 's/^\[  FAILED  \] (.*) \([0-9]+ ms\)$/\1/p' "$log" | tr '\n' ' ')"$'\n'
      echo && echo "$log" && show_failures "$log"
    }
  done
}

# run_web_tests: vitest, counted from its summary line.
run_web_tests() {
  if [ ! -f web/package.json ] || ! grep -q '"test":' web/package.json; then return 0; fi
  need_node
  local log=build/web-test.log status=0 line
  say "tests of web/"
  (cd web && CI=true NO_COLOR=1 npm test --silent </dev/null) >"$log" 2>&1 || status=$?
  line=$(grep -E '^ *Tests ' "$log" | tail -1)
  number() { sed -nE "s/.*[^0-9]([0-9]+) $1.*/\1/p" <<<"$line"; }
  local ok bad skip
  ok=$(number passed) bad=$(number failed) skip=$(number skipped)
  if [ "$status" != 0 ] && [ "${bad:-0}" = 0 ]; then bad=1; fi
  passed=$((passed + ${ok:-0})) failed=$((failed + ${bad:-0})) skipped=$((skipped + ${skip:-0}))
  if [ "${bad:-0}" = 0 ]; then
    printf '   ok  web: %d passed\n' "${ok:-0}"
  else
    failures+="web: $bad"$'\n'
    sed 's/^/    | /' "$log"
  fi
}

# count_tap NAME LOG STATUS: counts what `node --test` reported; fails, and shows the tests that failed, when one did.
count_tap() {
  local ok bad skip
  tap() { sed -n "s/^# $1 \([0-9]*\)$/\1/p" "$2" | tail -1; }
  ok=$(tap pass "$2") bad=$(tap fail "$2") skip=$(tap skipped "$2")
  if [ "$3" != 0 ] && [ "${bad:-0}" = 0 ]; then bad=1; fi
  passed=$((passed + ${ok:-0})) failed=$((failed + ${bad:-0})) skipped=$((skipped + ${skip:-0}))
  if [ "${bad:-0}" = 0 ]; then
    printf '   ok  %s: %d passed\n' "$1" "${ok:-0}"
    return 0
  fi
  printf ' FAIL  %s: %d passed, %d failed\n' "$1" "${ok:-0}" "$bad"
  failures+=$(sed -nE "s/^ *not ok [0-9]+ - /$1: /p" "$2")$'\n'
  awk '/^ *not ok/ {show = 1} /^ *(ok|# Subtest)/ {show = 0} show' "$2" | cut -c1-300 | head -200 | sed 's/^/    | /'
  tail -15 "$2" | sed 's/^/    | /'
  return 1
}

# run_browser_tests PRESET ARGUMENT…: tests of tests/web (what `node --test` takes) in Chromium, against that build serving a small shop.
run_browser_tests() {
  local dir=build/$1/browser log server address='' link='' status=0
  local preset=$1
  shift
  need_node
  say "tests in the browser"
  rm -rf "$dir" && mkdir -p "$dir"
  "build/$preset/cairn" demo --customers 300 --months 14 --seed 7 --data "$dir/shop" >"$dir/demo.log" 2>&1 </dev/null || true
  "build/$preset/cairn" serve --data "$dir/shop" --port 0 >"$dir/serve.log" 2>&1 </dev/null &
  server=$!
  for _ in $(seq 100); do
    address=$(sed -n 's/^listening on //p' "$dir/serve.log") link=$(sed -n 's/^sign in: //p' "$dir/serve.log")
    if [ -n "$link" ] || ! kill -0 "$server" 2>/dev/null; then break; fi
    sleep 0.1
  done
  log=$dir/test.log
  # An address that leads nowhere fails the tests; without one they would look at the mock.
  CAIRN_URL=${address:-http://127.0.0.1:1} CAIRN_SIGN_IN=$link \
    CAIRN_SHOP_URL=${address:-http://127.0.0.1:1}/demo-shop CAIRN_BIN=$PWD/build/$preset/cairn \
    timeout 900 node --test --test-reporter=tap "$@" >"$log" 2>&1 </dev/null || status=$?
  kill "$server" 2>/dev/null || true
  wait "$server" || true
  count_tap browser "$log" "$status" || tail -n 5 "$dir/demo.log" "$dir/serve.log" | sed 's/^/    | /'
}

# run_client_tests PRESET: tests/clients, the published SDKs against that build.
run_client_tests() {
  local log=build/$1/clients.log status=0
  locked need_modules tests/clients
  need_node
  say "tests of what connects"
  CAIRN_BIN=$PWD/build/$1/cairn timeout 900 node --test --test-reporter=tap tests/clients/*.test.mjs >"$log" 2>&1 </dev/null ||
    status=$?
  count_tap clients "$log" "$status" || true
}

# kill_often KILLS: tests/api/ingest_kill_test.cpp for a long time.
kill_often() {
  local log=build/release/logs/kills.log
  CAIRN_KILLS=$1 CAIRN_BIN=$PWD/build/release/cairn timeout 3600 build/release/tests/api_test \
    --gtest_filter='Ingest*' >"$log" 2>&1 </dev/null && return
  tail -60 "$log"
  return 1
}

# check NAME COMMAND…: a whole tool as one test.
check() {
  local name=$1
  shift
  if "$@"; then
    passed=$((passed + 1)) && printf '   ok  %s\n' "$name"
  else
    failed=$((failed + 1)) && printf ' FAIL  %s\n' "$name"
    failures+="$name"$'\n'
  fi
}

# simulate SECONDS: fresh seeds for so long; a failure tells its own.
simulate() {
  local log=build/release/logs/simulation.log
  CAIRN_SIM_SECONDS=$1 build/release/tests/sim_test --gtest_filter=Simulation.holds >"$log" 2>&1 </dev/null || {
    tail -60 "$log" | sed 's/^/    | /'
    return 1
  }
}

# Looked at by the sanitizers with --all only: they handle no memory by hand. The simulation runs their code, and wants
# all of it built: a third of the time of a build that must be soon done.
SANITIZED_WITH_ALL='^(accounts|app|consent|demo|import|measures|profile|questions|report|rights|sim)_test[[:space:]]'

# sanitize TIER: unit tests under ASan and UBSan.
sanitize() {
  local list=unit_tests
  locked build_preset asan base_test
  if [ "$1" != --all ]; then
    list=sanitized
    grep -vE "$SANITIZED_WITH_ALL" build/asan/unit_tests.txt >build/asan/sanitized.txt
  fi
  # shellcheck disable=SC2046
  locked build_preset asan $(cut -f1 "build/asan/$list.txt")
  run_programs asan "$list"
}

run_tests() {
  local tier=${1:-}
  case $tier in '' | --quick | --all) ;; *) die "test: unknown option $tier (--quick, --all or nothing)" ;; esac
  need_packages "${PACKAGES_BUILD[@]}" "${PACKAGES_TEST[@]}"
  [ "$tier" != --all ] || need_packages "${PACKAGES_CHECK[@]}"
  locked build_web
  start_postgres
  # Leaks and races stop the program, so that its status tells.
  export ASAN_OPTIONS=detect_leaks=1:abort_on_error=0 UBSAN_OPTIONS=print_stacktrace=1 TSAN_OPTIONS=halt_on_error=1
  if [ "$tier" = --quick ]; then
    locked build_preset dev all
    CAIRN_BIN=$PWD/build/dev/cairn CAIRN_TEST_QUICK=1 run_programs dev 'unit_tests app_tests' '-*Slow*'
    run_web_tests
    run_browser_tests dev --test-name-pattern='pyramid is drawn|nothing is complained of' tests/web/page.test.mjs
  else
    locked build_preset release all
    # The longest of all is among the second: begun last, it would have a core to itself for minutes.
    CAIRN_BIN=$PWD/build/release/cairn run_programs release 'app_tests unit_tests'
    run_web_tests
    run_browser_tests release tests/web/*.test.mjs
    run_client_tests release
    sanitize "$tier"
  fi
  if [ "$tier" = --all ]; then
    locked build_preset tsan unit_tests
    run_programs tsan unit_tests
    check simulation simulate 300
    check "200 kills under load" kill_often 200
    check tidy run_tidy
    fuzz_all 60
  fi
  stop_postgres
  [ "$failed" = 0 ] || { say "what failed" && printf '%s' "$failures" | sed '/^$/d; s/^/ FAIL  /'; }
  printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  [ "$failed" = 0 ]
}
