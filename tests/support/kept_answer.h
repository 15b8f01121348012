// The one answer of a handler that is called without a server.
#pragma once
#include <memory>
#include <utility>

#include "http/reply.h"

namespace cairn::test {

/// `out` must outlive the Reply that it goes into. Streams are not kept.
class KeptAnswer final : public http::Sink {
 public:
  explicit KeptAnswer(http::Response& out) : out_(out) {}
  void deliver(http::Response response) override { out_ = std::move(response); }
  std::shared_ptr<http::EventStream> open_stream(const http::Headers&) override { return nullptr; }
  void watch_client(std::function<void()> gone) override {
    if (is_client_gone) gone();
  }
  bool is_client_gone = false;  ///< Whoever wants to know is told at once.

 private:
  http::Response& out_;
};

}  // namespace cairn::test
