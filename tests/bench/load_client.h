// HTTP calls sent over many kept-open connections from one thread, each connection sending its next call as soon as the
// last is answered. No pipelining, as with the SDKs.
#pragma once
#include <optional>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace cairn::load {

/// One request, ready to be sent. `bytes` must live until it is answered.
struct Shot {
  std::string_view bytes;
  size_t id = 0;  ///< The feed's own.
};

struct Answer {
  int status = 0;  ///< 0: the connection broke first, so nobody knows what became of the call.
  Duration at;     ///< On the clock of elapsed().
  Duration took;
  std::string_view body;
};

/// What is sent, and what is done with the answers. All is called from the thread of drive().
class Feed {
 public:
  virtual ~Feed() = default;
  /// For a free connection; nullopt: nothing at this moment, ask again.
  virtual std::optional<Shot> next() = 0;
  virtual void answered(const Shot& shot, const Answer& answer) = 0;
  /// Asked at least every millisecond; the run ends when it says so. Calls that are under way then are answered with
  /// status 0.
  virtual bool is_over() = 0;
};

/// Sends to 127.0.0.1:`port` until the feed is over. A connection that breaks is opened again. Error unavailable after
/// `limit`, corrupt when an answer is not HTTP with a Content-Length.
Result<void> drive(int port, int connections, Feed& feed, Duration limit);

}  // namespace cairn::load
