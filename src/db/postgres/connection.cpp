#include "db/postgres/connection.h"

#include <algorithm>

#include "base/check.h"
#include "base/log.h"
#include "db/postgres/copy.h"
#include "db/postgres/values.h"

namespace cairn::db {
namespace {

/// `Cairn` in ASCII: the advisory lock of whoever owns a database.
constexpr int64_t kOwnerLock = 0x436169726e;
constexpr Duration kPauseMin = milliseconds(100);
constexpr Duration kPauseMax = seconds(5);

std::string statement_name(const Query& query) { return fmt::format("q{}", query.index); }

/// Reads what is left of an answer, without which the session takes no further command.
class DrainAtEnd {
 public:
  explicit DrainAtEnd(PGconn* link) : link_(link) {}
  ~DrainAtEnd() {
    while (PgResult rest{PQgetResult(link_)}) {}
  }
  DrainAtEnd(const DrainAtEnd&) = delete;
  DrainAtEnd& operator=(const DrainAtEnd&) = delete;

 private:
  PGconn* link_;
};

}  // namespace

PgConnection::PgConnection(const QuerySet& queries, const PgServer& server, World& world, Role role)
    : Connection(queries),
      server_(server),
      world_(world),
      role_(role),
      prepared_(queries.all().size()),
      pause_(kPauseMin) {}

Result<void> PgConnection::connect() {
  link_ = TRY(server_.connect());
  prepared_.assign(prepared_.size(), {});
  if (role_ == Role::reader) return {};
  // After a crash the server needs a moment to notice that the one before is gone.
  for (int attempt = 0;; ++attempt) {
    if (TRY(ask(fmt::format("SELECT pg_try_advisory_lock({})", kOwnerLock))) == "t") return {};
    if (attempt == 10) break;
    world_.executor.make_signal()->wait_for(milliseconds(100));
  }
  link_.reset();
  return fail(Code::conflict, "the database {} at {} is in use by another Cairn; stop it, or use another database",
              server_.database(), server_.place());
}

bool PgConnection::is_alive() const { return link_ && PQstatus(link()) == CONNECTION_OK; }

Result<void> PgConnection::reconnect() {
  if (world_.clock.elapsed() < next_try_)
    return fail(Code::unavailable, "the database server at {} is away; try again in a moment", server_.place());
  auto connected = connect();
  if (connected) {
    pause_ = kPauseMin;
    log_info("the database server at {} is back", server_.place());
    return connected;
  }
  link_.reset();
  next_try_ = world_.clock.elapsed() + pause_;
  pause_ = std::min(pause_ * 2, kPauseMax);
  if (connected.error().code == Code::conflict) connected.error().code = Code::unavailable;
  return connected;
}

Result<void> PgConnection::execute(const std::string& script) {
  if (!link_) return fail(Code::unavailable, "the database server at {} is away", server_.place());
  PgResult result(PQexec(link(), script.c_str()));
  if (!is_fine(result.get())) return tl::unexpected(last_error(result.get()));
  return {};
}

Result<std::string> PgConnection::ask(const std::string& sql) {
  PgResult result(PQexec(link(), sql.c_str()));
  if (PQresultStatus(result.get()) != PGRES_TUPLES_OK || PQntuples(result.get()) != 1)
    return tl::unexpected(last_error(result.get()));
  return std::string(PQgetvalue(result.get(), 0, 0));
}

bool PgConnection::in_transaction() const {
  if (!is_alive()) return false;
  PGTransactionStatusType status = PQtransactionStatus(link());
  return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

Result<void> PgConnection::begin(bool for_writing) {
  CHECK(unknown_.empty(), "what became of the last commit has to be settled first");
  if (!is_alive()) TRY(reconnect());
  auto begun = send_begin(for_writing);
  // A server that was started again meanwhile, or that has become a copy of another, is only noticed now; nothing is
  // lost by trying once more, with a session of today.
  if (!begun) {
    link_.reset();
    TRY(reconnect());
    begun = send_begin(for_writing);
  }
  return begun;
}

/// The id of a write is asked for in the same round trip: it tells later what became of a commit that was cut off.
Result<void> PgConnection::send_begin(bool for_writing) {
  if (!for_writing) return execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  transaction_ = TRY(ask("BEGIN; SELECT pg_current_xact_id()::text"));
  return {};
}

Result<void> PgConnection::send_commit() {
  PgResult result(PQexec(link(), "COMMIT"));
  if (PQresultStatus(result.get()) == PGRES_COMMAND_OK) {
    if (std::string_view(PQcmdStatus(result.get())) == "COMMIT") return {};
    return fail(Code::internal, "the store rolled back instead of saving; the log has more");
  }
  Error error = last_error(result.get());
  if (!is_alive()) unknown_ = transaction_;
  return tl::unexpected(std::move(error));
}

Result<bool> PgConnection::settle() {
  CHECK(!unknown_.empty(), "there is nothing to settle");
  if (!is_alive()) TRY(reconnect());
  std::string status = TRY(ask(fmt::format("SELECT coalesce(pg_xact_status('{}'), 'unknown')", unknown_)));
  if (status != "committed" && status != "aborted")
    return fail(Code::unavailable, "the database server at {} cannot tell yet", server_.place());
  unknown_.clear();
  return status == "committed";
}

Result<void> PgConnection::prepare(const Query& query) {
  Prepared& place = prepared_[query.index];
  if (place.ready) return {};
  std::string name = statement_name(query);
  PgResult made(PQprepare(link(), name.c_str(), query.sql.c_str(), 0, nullptr));
  if (!is_fine(made.get())) return tl::unexpected(last_error(made.get()));
  PgResult described(PQdescribePrepared(link(), name.c_str()));
  if (!is_fine(described.get())) return tl::unexpected(last_error(described.get()));
  int count = PQnparams(described.get());
  if (static_cast<size_t>(count) != query.parameters.size())
    return fail(Code::internal, "parameters are written ':name', and in no other way");
  for (int i = 0; i < count; ++i) place.types.push_back(PQparamtype(described.get(), i));
  place.ready = true;
  return {};
}

Result<int64_t> PgConnection::run_query(const Query& query, std::span<const Value> values) {
  TRY(prepare(query));
  PgParameters parameters;
  TRY(parameters.set(prepared_[query.index].types, values));
  PgResult result(PQexecPrepared(link(), statement_name(query).c_str(), parameters.count(), parameters.data(),
                                 parameters.lengths(), parameters.formats(), 1));
  if (!is_fine(result.get())) return tl::unexpected(last_error(result.get()));
  if (std::string_view(PQcmdStatus(result.get())).starts_with("SELECT")) return 0;
  return std::strtoll(PQcmdTuples(result.get()), nullptr, 10);
}

/// Row by row, so that a sweep over the whole log holds one of them at a time.
Result<void> PgConnection::visit_query(const Query& query, std::span<const Value> values, const Visit& visit) {
  TRY(prepare(query));
  PgParameters parameters;
  TRY(parameters.set(prepared_[query.index].types, values));
  if (!PQsendQueryPrepared(link(), statement_name(query).c_str(), parameters.count(), parameters.data(),
                           parameters.lengths(), parameters.formats(), 1))
    return tl::unexpected(last_error());
  DrainAtEnd drain(link());
  PQsetSingleRowMode(link());
  while (PgResult result{PQgetResult(link())}) {
    ExecStatusType status = PQresultStatus(result.get());
    if (status == PGRES_SINGLE_TUPLE) {
      if (!visit(PgRow(result.get(), 0))) return {};
    } else if (!is_fine(result.get())) {
      return tl::unexpected(last_error(result.get()));
    }
  }
  return {};
}

Result<std::unique_ptr<BulkWriter>> PgConnection::open_pour(const BulkTable& table) { return open_copy(*this, table); }

}  // namespace cairn::db
