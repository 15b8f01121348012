#include "db/connection.h"

#include <array>

#include "base/check.h"

namespace cairn::db {
namespace {

constexpr size_t kParametersMax = 64;
using Values = std::array<Value, kParametersMax>;

/// The values in the order of the query's parameters.
std::span<const Value> order_binds(const Query& query, Binds binds, Values& out) {
  CHECK(query.parameters.size() <= kParametersMax, "{} has too many parameters", query.name);
  for (size_t i = 0; i < query.parameters.size(); ++i) {
    const Bind* found = nullptr;
    for (const Bind& bind : binds)
      if (bind.name == query.parameters[i]) found = &bind;
    CHECK(found, "{}: :{} is not bound", query.name, query.parameters[i]);
    out[i] = found->value;
  }
  // Names are told apart, so equal counts mean that nothing extra is bound.
  CHECK(binds.size() == query.parameters.size(), "{}: {} parameters, {} bound", query.name, query.parameters.size(),
        binds.size());
  return {out.data(), query.parameters.size()};
}

}  // namespace

class Connection::Busy {
 public:
  explicit Busy(bool& flag) : flag_(flag) { flag_ = true; }
  ~Busy() { flag_ = false; }
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;

 private:
  bool& flag_;
};

Result<void> Connection::check_usable() const {
  CHECK(!busy_, "a session is used inside its own visit, or while rows are poured into it");
  if (doom_) return tl::unexpected(*doom_);
  return {};
}

template <class T>
Result<T> Connection::keep_doom(Result<T> result) {
  if (!result) doom_ = result.error();
  return result;
}

Result<int64_t> Connection::run(std::string_view name, Binds binds) {
  TRY(check_usable());
  const Query& query = queries_.get(name);
  Values values;
  return keep_doom(run_query(query, order_binds(query, binds, values)));
}

Result<void> Connection::each(std::string_view name, Binds binds, const Visit& visit) {
  TRY(check_usable());
  const Query& query = queries_.get(name);
  Values values;
  Busy busy(busy_);
  return keep_doom(visit_query(query, order_binds(query, binds, values), visit));
}

Result<std::unique_ptr<BulkWriter>> Connection::pour(const BulkTable& table) {
  TRY(check_usable());
  auto writer = keep_doom(open_pour(table));
  busy_ = writer.has_value();
  return writer;
}

void Connection::end_pour(std::optional<Error> error) {
  busy_ = false;
  if (error) doom_ = std::move(error);
}

Result<void> Connection::begin_write() {
  doom_.reset();
  return begin(true);
}

Result<void> Connection::begin_read() {
  doom_.reset();
  return begin(false);
}

Result<void> Connection::commit() {
  CHECK(!busy_, "rows are still being poured or visited");
  if (doom_) return tl::unexpected(*doom_);
  return send_commit();
}

void Connection::rollback() {
  doom_.reset();
  if (in_transaction()) (void)execute("ROLLBACK");
}

Result<void> Connection::release_savepoint() {
  CHECK(!busy_, "rows are still being poured or visited");
  if (doom_) return tl::unexpected(*doom_);
  return execute("RELEASE SAVEPOINT closure");
}

Result<void> Connection::rollback_to_savepoint() {
  doom_.reset();
  return execute("ROLLBACK TO SAVEPOINT closure; RELEASE SAVEPOINT closure");
}

Result<void> Connection::prepare_all() {
  for (const Query& query : queries_.all()) {
    auto prepared = prepare(query);
    if (prepared) continue;
    const Error& error = prepared.error();
    if (error.code == Code::unavailable) return prepared;
    return fail(Code::internal, "the query {} in {} cannot be prepared: {}", query.name, query.file,
                error.detail.empty() ? error.message : error.detail);
  }
  return {};
}

Result<bool> Connection::settle() {
  CHECK(false, "this driver always knows the outcome of a commit");
  return false;
}

}  // namespace cairn::db
