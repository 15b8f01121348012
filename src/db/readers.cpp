#include "db/readers.h"

#include <exception>

namespace cairn::db {
namespace {

Result<void> run_read(Connection& connection, const Store::Read& read) {
  TRY(connection.begin_read());
  Result<void> result;
  try {
    result = read(connection);
  } catch (const std::exception& e) {
    result = fail(Code::internal, "this could not be read because of a fault of ours; the log has more");
    result.error().detail = e.what();
  }
  connection.rollback();
  return result;
}

}  // namespace

Result<void> Readers::read(const Store::Read& read) {
  auto connection = TRY(take());
  auto result = run_read(*connection, read);
  give_back(std::move(connection));
  return result;
}

Result<std::unique_ptr<Connection>> Readers::take() {
  for (;;) {
    std::shared_ptr<Signal> turn;
    {
      std::lock_guard lock(mutex_);
      if (!free_.empty()) {
        auto connection = std::move(free_.back());
        free_.pop_back();
        return connection;
      }
      if (open_ < limit_) {
        ++open_;
        break;
      }
      turn = executor_.make_signal();
      waiting_.push_back(turn);
    }
    turn->wait();
  }
  auto connection = backend_.connect_reader(queries_);
  if (!connection) give_back(nullptr);
  return connection;
}

void Readers::give_back(std::unique_ptr<Connection> connection) {
  std::lock_guard lock(mutex_);
  if (connection) {
    free_.push_back(std::move(connection));
  } else {
    --open_;
  }
  if (waiting_.empty()) return;
  waiting_.front()->set();
  waiting_.pop_front();
}

}  // namespace cairn::db
