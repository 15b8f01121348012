// Reaching a PostgreSQL server, and what its errors mean.
#pragma once
#include <libpq-fe.h>

#include <memory>
#include <string>

#include "base/result.h"

namespace cairn::db {

struct ClosePg {
  void operator()(PGconn* connection) const { PQfinish(connection); }
  void operator()(PGresult* result) const { PQclear(result); }
};
using PgLink = std::unique_ptr<PGconn, ClosePg>;
using PgResult = std::unique_ptr<PGresult, ClosePg>;

class PgServer {
 public:
  /// Error (invalid): the URL cannot be read.
  static Result<PgServer> from_url(const std::string& url);
  /// A session set up as the store wants it. Errors: unavailable, naming place() and what to check.
  Result<PgLink> connect() const;
  /// `host:port`, for messages. The URL itself is never shown: it may hold a password.
  const std::string& place() const { return place_; }
  const std::string& database() const { return database_; }

  Error error_of(const PGconn* link, const PGresult* result) const;

 private:
  std::string url_, place_, database_;
};

/// Whether the result is an answer, with rows or without.
bool is_fine(const PGresult* result);

}  // namespace cairn::db
