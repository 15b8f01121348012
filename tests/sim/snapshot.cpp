#include "sim/snapshot.h"

#include <sqlite3.h>

#include <charconv>
#include <functional>
#include <memory>

namespace cairn::sim {
namespace {

struct Close {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

class Reader {
 public:
  explicit Reader(sqlite3* database) : database_(database) {}
  using Visit = std::function<void(sqlite3_stmt*)>;
  Result<void> each(const char* sql, const Visit& visit) {
    sqlite3_stmt* raw = nullptr;
    if (sqlite3_prepare_v2(database_, sql, -1, &raw, nullptr) != SQLITE_OK) return error();
    std::unique_ptr<sqlite3_stmt, Close> statement(raw);
    int code;
    while ((code = sqlite3_step(raw)) == SQLITE_ROW) visit(raw);
    return code == SQLITE_DONE ? Result<void>() : error();
  }

 private:
  Result<void> error() { return fail(Code::internal, "{}", sqlite3_errmsg(database_)); }
  sqlite3* database_;
};

std::string text(sqlite3_stmt* row, int column) {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(row, column));
  return bytes ? std::string(bytes, static_cast<size_t>(sqlite3_column_bytes(row, column))) : std::string();
}
int64_t number(sqlite3_stmt* row, int column) { return sqlite3_column_int64(row, column); }

StoredRow event_of(sqlite3_stmt* row) {
  StoredRow out;
  out.seq = number(row, 0);
  out.shard = number(row, 1);
  out.customer = number(row, 2);
  out.kind = text(row, 3);
  out.occurred_at = {number(row, 4)};
  out.known_at = {number(row, 5)};
  out.source = text(row, 6);
  out.key = text(row, 7);
  out.identifiers = text(row, 8);
  out.flags = number(row, 9);
  out.properties = text(row, 10);
  out.source_id = number(row, 11);
  return out;
}

StoredRequest request_of(sqlite3_stmt* row) {
  return {number(row, 0), text(row, 1), ids_of(text(row, 2)), number(row, 3)};
}

}  // namespace

std::vector<CustomerId> ids_of(std::string_view list) {
  std::vector<CustomerId> out;
  for (size_t at = 0; at < list.size(); ++at) {
    int64_t id = 0;
    auto [end, error] = std::from_chars(list.data() + at, list.data() + list.size(), id);
    if (error != std::errc()) continue;
    out.push_back({id});
    at = static_cast<size_t>(end - list.data());
  }
  return out;
}

Result<Snapshot> read_snapshot(const std::string& path) {
  sqlite3* raw = nullptr;
  int code = sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  std::unique_ptr<sqlite3, Close> database(raw);
  if (code != SQLITE_OK) return fail(Code::internal, "{} does not open: {}", path, sqlite3_errstr(code));
  Reader reader(raw);
  Snapshot out;
  TRY(reader.each("PRAGMA query_only=1", [](sqlite3_stmt*) {}));
  TRY(reader.each("BEGIN", [](sqlite3_stmt*) {}));
  TRY(reader.each(
      "SELECT seq, shard, customer, k.name, occurred_at, known_at, s.name, source_key, identifiers, flags, "
      "properties, e.source FROM events e LEFT JOIN event_kinds k ON k.id = e.kind LEFT JOIN event_sources s "
      "ON s.id = e.source ORDER BY seq",
      [&](sqlite3_stmt* row) { out.rows.push_back(event_of(row)); }));
  TRY(reader.each("SELECT kind || '=' || value, shard, customer, run FROM identifiers", [&](sqlite3_stmt* row) {
    out.identifiers.push_back({text(row, 0), number(row, 1), number(row, 2), number(row, 3)});
  }));
  TRY(reader.each("SELECT id, shard, run FROM customers",
                  [&](sqlite3_stmt* row) { out.customers[number(row, 0)] = {number(row, 1), number(row, 2)}; }));
  TRY(reader.each("SELECT seq, a, b, into_id, undone_seq, rule FROM merges ORDER BY seq", [&](sqlite3_stmt* row) {
    out.merges.push_back(
        {number(row, 0), number(row, 1), number(row, 2), number(row, 3), number(row, 4), text(row, 5)});
  }));
  TRY(reader.each("SELECT id, files, state FROM import_runs ORDER BY id",
                  [&](sqlite3_stmt* row) { out.runs.push_back({number(row, 0), text(row, 1), text(row, 2)}); }));
  TRY(reader.each("SELECT body, state FROM refused_events",
                  [&](sqlite3_stmt* row) { out.refused.push_back({text(row, 0), text(row, 1)}); }));
  TRY(
      reader.each("SELECT id, state, ids, (SELECT COUNT(*) FROM rights_identifiers i WHERE i.request = r.id) "
                  "FROM rights_requests r ORDER BY id",
                  [&](sqlite3_stmt* row) { out.requests.push_back(request_of(row)); }));
  TRY(reader.each("SELECT customer, owner FROM identifier_conflicts", [&](sqlite3_stmt* row) {
    out.in_conflict.insert(number(row, 0));
    out.in_conflict.insert(number(row, 1));
  }));
  TRY(reader.each("PRAGMA integrity_check", [&](sqlite3_stmt* row) { out.integrity += text(row, 0); }));
  return out;
}

}  // namespace cairn::sim
