#include "db/postgres/server.h"

#include "base/log.h"
#include "base/text.h"

namespace cairn::db {
namespace {

constexpr int kVersionMin = 130000;  // pg_xact_status of a 64-bit transaction id

/// libpq's texts have several lines, the first of which tells.
std::string first_line(std::string_view text) { return std::string(trim(text.substr(0, text.find('\n')))); }

/// `connection to server at "h" (1.2.3.4), port 5432 failed: FATAL:  why` → `why`.
std::string reason_of(const PGconn* link) {
  std::string line = first_line(PQerrorMessage(link));
  for (std::string_view mark : {"failed: ", "FATAL:  "})
    if (size_t at = line.find(mark); at != std::string::npos) line.erase(0, at + mark.size());
  return line;
}

std::string advice_for(std::string_view reason) {
  auto says = [&](std::string_view words) { return reason.find(words) != std::string_view::npos; };
  if (says("authentication") || says("password") || says("role")) return "check the user and the password in its URL";
  if (says("database")) return "make it with createdb, or check the name in its URL";
  if (says("pg_hba")) return "allow this machine in the server's pg_hba.conf";
  return "check that it runs there and lets this machine in";
}

}  // namespace

bool is_fine(const PGresult* result) {
  ExecStatusType status = PQresultStatus(result);
  return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

Result<PgServer> PgServer::from_url(const std::string& url) {
  auto unreadable = [] {
    return fail(Code::invalid, "the store's URL cannot be read; it looks like postgres://user:password@host:5432/name");
  };
  if (!url.starts_with("postgres://") && !url.starts_with("postgresql://")) return unreadable();
  std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> options(PQconninfoParse(url.c_str(), nullptr),
                                                                         PQconninfoFree);
  if (!options) return unreadable();
  PgServer server;
  server.url_ = url;
  std::string host = "localhost", port = "5432";
  for (const PQconninfoOption* option = options.get(); option->keyword; ++option) {
    std::string_view key = option->keyword;
    if (!option->val || !*option->val) continue;
    if (key == "host") host = option->val;
    if (key == "port") port = option->val;
    if (key == "dbname") server.database_ = option->val;
  }
  server.place_ = host + ":" + port;
  return server;
}

Result<PgLink> PgServer::connect() const {
  // What stands in the URL wins over what stands before it, so these are defaults.
  const char* keys[] = {"connect_timeout",
                        "keepalives_idle",
                        "tcp_user_timeout",
                        "target_session_attrs",  // a copy that only reads is not the store, whatever its name says
                        "dbname",
                        "client_encoding",
                        "fallback_application_name",
                        nullptr};
  const char* values[] = {"5", "30", "30000", "read-write", url_.c_str(), "UTF8", "cairn", nullptr};
  PgLink link(PQconnectdbParams(keys, values, 1));
  if (!link || PQstatus(link.get()) != CONNECTION_OK) {
    std::string reason = link ? reason_of(link.get()) : "not enough memory";
    return fail(Code::unavailable, "cannot open the PostgreSQL database at {}: {}; {}", place_, reason,
                advice_for(reason));
  }
  if (PQserverVersion(link.get()) < kVersionMin)
    return fail(Code::unavailable, "the PostgreSQL at {} is older than version 13; use a newer one", place_);
  PQsetNoticeProcessor(link.get(), [](void*, const char*) {}, nullptr);
  PgResult set(PQexec(link.get(),
                      "SET TIME ZONE 'UTC'; SET idle_in_transaction_session_timeout = 0; SET statement_timeout = 0; "
                      "SELECT set_config('synchronous_commit', 'on', false) "
                      "WHERE current_setting('synchronous_commit') = 'off'"));
  if (!is_fine(set.get())) return tl::unexpected(error_of(link.get(), set.get()));
  return link;
}

Error PgServer::error_of(const PGconn* link, const PGresult* result) const {
  const char* found = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : nullptr;
  std::string_view state = found ? found : "";
  std::string detail = first_line(result ? PQresultErrorMessage(result) : PQerrorMessage(link));
  if (!state.empty()) detail += fmt::format(" ({})", state);
  if (state == "23505") return {Code::conflict, "this exists already", {}, detail};
  if (state == "53100")
    return {Code::unavailable, place_ + ": the database's disk is full; free some space and try again", {}, detail};
  if (state == "42501")
    return {
        Code::forbidden, place_ + ": the database user lacks a permission; make it the database's owner", {}, detail};
  if (state == "25006")
    return {Code::unavailable, place_ + ": this database server only reads; the one that writes is away", {}, detail};
  if (state.starts_with("40") || state == "55P03")
    return {Code::unavailable, place_ + ": the database is busy with another program; try again", {}, detail};
  bool lost = PQstatus(link) == CONNECTION_BAD || state.empty() || state.starts_with("08") || state.starts_with("57P");
  if (lost)
    return {
        Code::unavailable, fmt::format("the database server at {} is away; try again in a moment", place_), {}, detail};
  if (state.starts_with("53") || state.starts_with("58"))
    return {Code::unavailable, place_ + ": the database server is short of something; its log has more", {}, detail};
  return {Code::internal, "the store refused a statement; the log has more", {}, detail};
}

}  // namespace cairn::db
