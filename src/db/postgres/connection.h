// One PostgreSQL session: prepared statements, rows one by one, COPY. It comes back by itself after the server was
// away.
#pragma once
#include <string>
#include <vector>

#include "base/world.h"
#include "db/connection.h"
#include "db/postgres/server.h"

namespace cairn::db {

class PgConnection final : public Connection {
 public:
  enum class Role { writer, reader };
  PgConnection(const QuerySet& queries, const PgServer& server, World& world, Role role);

  /// A writer takes the database's one lock. Errors: unavailable, conflict when another Cairn has the lock.
  Result<void> connect();

  Result<void> execute(const std::string& script) override;
  bool in_transaction() const override;
  bool is_outcome_unknown() const override { return !unknown_.empty(); }
  Result<bool> settle() override;

  PGconn* link() const { return link_.get(); }
  /// Of the last call, or of this result.
  Error last_error(const PGresult* result = nullptr) const { return server_.error_of(link(), result); }

 protected:
  Result<void> begin(bool for_writing) override;
  Result<void> send_commit() override;
  Result<void> prepare(const Query& query) override;
  Result<int64_t> run_query(const Query& query, std::span<const Value> values) override;
  Result<void> visit_query(const Query& query, std::span<const Value> values, const Visit& visit) override;
  Result<std::unique_ptr<BulkWriter>> open_pour(const BulkTable& table) override;

 private:
  struct Prepared {
    bool ready = false;
    std::vector<Oid> types;
  };
  bool is_alive() const;
  Result<void> reconnect();
  Result<void> send_begin(bool for_writing);
  Result<std::string> ask(const std::string& sql);

  const PgServer& server_;
  World world_;
  const Role role_;
  PgLink link_;
  std::vector<Prepared> prepared_;  ///< By the query's index.
  std::string transaction_;         ///< Its id while a write is open.
  std::string unknown_;             ///< The id of the one whose commit was cut off.
  Duration next_try_, pause_;       ///< By the clock's elapsed(): no attempt to reconnect before.
};

}  // namespace cairn::db
