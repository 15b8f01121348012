// One connection of one driver: what the store, the writer and the migrations need of it beyond a Session.
//
// Invariants:
// 1. A statement that fails dooms the transaction: every later statement of it fails with the same error, until it is
//    rolled back (to its savepoint). PostgreSQL is so by nature; SQLite is made so, for one behaviour on both.
// 2. While rows are visited, or poured in, nothing else runs on the connection (CHECK).
#pragma once
#include <optional>
#include <span>
#include <string>

#include "db/queries.h"
#include "db/session.h"

namespace cairn::db {

class Connection : public Session {
 public:
  explicit Connection(const QuerySet& queries) : queries_(queries) {}

  Result<int64_t> run(std::string_view query, Binds binds) final;
  Result<void> each(std::string_view query, Binds binds, const Visit& visit) final;
  Result<std::unique_ptr<BulkWriter>> pour(const BulkTable& table) final;

  /// Reconnects when the server was lost; unavailable while it stays away.
  Result<void> begin_write();
  /// What is read until rollback() is one state.
  Result<void> begin_read();
  /// Durable when it returns well. After an error the changes are gone, unless is_outcome_unknown().
  Result<void> commit();
  /// Fine when no transaction is open.
  void rollback();
  Result<void> open_savepoint() { return execute("SAVEPOINT closure"); }
  Result<void> release_savepoint();
  Result<void> rollback_to_savepoint();

  /// Statements without parameters, separated by ';'.
  virtual Result<void> execute(const std::string& script) = 0;
  /// Errors (internal) name the query, its file and what the driver said.
  Result<void> prepare_all();
  /// True between begin and commit, unless the driver rolled back by itself (full disk, lost server).
  virtual bool in_transaction() const = 0;
  /// The error of the statement that doomed this transaction.
  const std::optional<Error>& doom() const { return doom_; }

  /// The connection broke while a commit was on its way: settle() tells, once the server is back, whether it holds.
  virtual bool is_outcome_unknown() const { return false; }
  /// REQUIRES: is_outcome_unknown(). Unavailable while it cannot be told yet.
  virtual Result<bool> settle();

  /// For a pour in progress; it ends by finish() or by being given up.
  void end_pour(std::optional<Error> error);

 protected:
  virtual Result<void> begin(bool for_writing) = 0;
  virtual Result<void> send_commit() { return execute("COMMIT"); }
  virtual Result<void> prepare(const Query& query) = 0;
  /// `values` are in the order of the query's parameters.
  virtual Result<int64_t> run_query(const Query& query, std::span<const Value> values) = 0;
  virtual Result<void> visit_query(const Query& query, std::span<const Value> values, const Visit& visit) = 0;
  virtual Result<std::unique_ptr<BulkWriter>> open_pour(const BulkTable& table) = 0;

  const QuerySet& queries() const { return queries_; }

 private:
  class Busy;
  Result<void> check_usable() const;
  template <class T>
  Result<T> keep_doom(Result<T> result);

  const QuerySet& queries_;
  std::optional<Error> doom_;
  bool busy_ = false;
};

}  // namespace cairn::db
