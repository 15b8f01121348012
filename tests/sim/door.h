// The way in that the simulated clients knock at: the addresses that Segment's SDKs call, without the network. And the
// faults that can be planted behind it.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/instance.h"
#include "http/route.h"

namespace cairn::sim {

/// A fault to be found: a test plants one and expects findings.
enum class Planted {
  none,
  lying_sync,     ///< The disk says that it synced, and did not.
  early_answer,   ///< 200 before the commit.
  lost_keys,      ///< Message ids are thrown away once a write has failed.
  torn_delivery,  ///< Big batches are written in two halves.
  lost_refusals,  ///< Bad calls are answered 200 and kept nowhere.
};

class Door {
 public:
  /// The status of the answer: 200, 429 …
  using Answer = std::function<void(int)>;

  /// Makes the sources that are missing, and a new key for each. An error is the store's.
  static Result<std::unique_ptr<Door>> open(app::Instance& instance, const std::vector<std::string>& sources,
                                            Planted planted);

  /// A batch of calls, each as JSON, with the key of the source of that number. `answer` is called once, now or later.
  void post(size_t source, std::vector<std::string> calls, const Answer& answer);

 private:
  Door(app::Instance& instance, Planted planted);
  void deliver(size_t source, const std::vector<std::string>& calls, const Answer& answer);

  app::Instance& instance_;
  const Planted planted_;
  std::vector<std::string> keys_;
  http::Handler batch_;
};

}  // namespace cairn::sim
