// The pool of read connections.
#pragma once
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "base/executor.h"
#include "db/backend.h"

namespace cairn::db {

class Readers {
 public:
  /// REQUIRES: the backend and the queries outlive it; every read has returned before it goes.
  Readers(Executor& executor, Backend& backend, const QuerySet& queries, int limit)
      : executor_(executor), backend_(backend), queries_(queries), limit_(limit) {}

  /// Runs `read` on this thread, waiting for a free connection when all are in use.
  Result<void> read(const Store::Read& read);

 private:
  Result<std::unique_ptr<Connection>> take();
  void give_back(std::unique_ptr<Connection> connection);

  Executor& executor_;
  Backend& backend_;
  const QuerySet& queries_;
  const int limit_;
  std::mutex mutex_;
  int open_ = 0;
  std::vector<std::unique_ptr<Connection>> free_;
  std::deque<std::shared_ptr<Signal>> waiting_;
};

}  // namespace cairn::db
