#include "db/postgres/backend.h"

#include "db/postgres/connection.h"

namespace cairn::db {
namespace {

class PgBackend final : public Backend {
 public:
  PgBackend(World& world, PgServer server) : world_(world), server_(std::move(server)) {}

  Driver driver() const override { return Driver::postgres; }
  Result<std::unique_ptr<Connection>> connect_writer(const QuerySet& queries) override {
    return connect(queries, PgConnection::Role::writer);
  }
  Result<std::unique_ptr<Connection>> connect_reader(const QuerySet& queries) override {
    return connect(queries, PgConnection::Role::reader);
  }
  Result<void> backup(const std::string&) override {
    return fail(Code::invalid,
                "this store is on PostgreSQL: use pg_dump (a copy of one moment) or pg_basebackup (with its log)");
  }
  /// The server checks its own pages; what can be asked of it is whether it answers.
  Result<std::vector<std::string>> verify() override {
    TRY(server_.connect());
    return std::vector<std::string>{};
  }

 private:
  Result<std::unique_ptr<Connection>> connect(const QuerySet& queries, PgConnection::Role role) {
    auto connection = std::make_unique<PgConnection>(queries, server_, world_, role);
    TRY(connection->connect());
    return connection;
  }

  World world_;
  const PgServer server_;
};

}  // namespace

Result<std::unique_ptr<Backend>> make_postgres(World& world, const StoreOptions& options) {
  return std::make_unique<PgBackend>(world, TRY(PgServer::from_url(options.url)));
}

}  // namespace cairn::db
