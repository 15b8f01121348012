#!/bin/bash
# A private PostgreSQL for tests: prints its URL (without a database) on the first line, or `none: why`, and lives
# until standard input ends. So it goes away with whoever started it, however that one ended.
#   CAIRN_TEST_POSTGRES_FSYNC=on   for tests of durability; the default is off, for speed
set -u

none() { echo "none: $1"; exit 0; }

bin=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -1)
if [ ! -x "$bin/postgres" ]; then
  bin=$(dirname "$(command -v postgres || echo /nowhere/postgres)")
fi
[ -x "$bin/initdb" ] || none "PostgreSQL is not installed (apt-get install postgresql-15)"

# PostgreSQL refuses to run as root; its own user, which the package made, runs it then. When this script is
# killed outright, the server gets an interrupt (a fast stop) from the kernel.
as=(setpriv --pdeathsig INT)
if [ "$(id -u)" = 0 ]; then
  id postgres >/dev/null 2>&1 || none "there is no user postgres to run PostgreSQL as"
  as+=(--reuid postgres --regid postgres --clear-groups)
fi

dir=$(mktemp -d "${TMPDIR:-/tmp}/cairn-postgres-XXXXXX")
server=
stop() {
  if [ -n "$server" ]; then
    kill -INT "$server" 2>/dev/null
    wait "$server"
  fi
  rm -rf "$dir"
}
trap stop EXIT
trap 'exit 1' INT TERM HUP
chmod 755 "$dir"
mkdir -m 700 "$dir/data"
[ "$(id -u)" = 0 ] && chown -R postgres "$dir"
cd "$dir" || exit 1

"${as[@]}" "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --no-locale --no-sync >"$dir/initdb.log" 2>&1 ||
  none "initdb failed: $(tail -1 "$dir/initdb.log")"

for _ in 1 2 3 4 5 6 7 8; do
  port=$((20000 + RANDOM % 12000))
  "${as[@]}" "$bin/postgres" -D "$dir/data" -p "$port" -c listen_addresses=127.0.0.1 -k "$dir" \
    -c fsync="${CAIRN_TEST_POSTGRES_FSYNC:-off}" -c full_page_writes=off -c max_connections=200 \
    -c shared_buffers=64MB -c max_wal_size=2GB -c log_min_messages=fatal >"$dir/server.log" 2>&1 </dev/null &
  server=$!
  while kill -0 "$server" 2>/dev/null; do
    if "$bin/pg_isready" -q -h "$dir" -p "$port" 2>/dev/null; then
      echo "postgres://postgres@127.0.0.1:$port"
      cat >/dev/null  # until whoever started it is gone
      exit 0
    fi
    sleep 0.05
  done
  wait "$server"  # most likely the port was taken
  server=
done
none "the server does not start: $(tail -1 "$dir/server.log")"
