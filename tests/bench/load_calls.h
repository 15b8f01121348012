// Segment-shaped calls, made in memory before a clock starts.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"

namespace cairn::load {

/// A shop's people: of the user ids that events carry, one in fifty is new, the others are among `known`.
struct Shop {
  int64_t known = 100'000;
  double new_share = 0.02;
};

/// How events follow each other.
enum class Order {
  anybody,  ///< Each is of somebody else, drawn anew: harder than any shop.
  visits,   ///< As in bench/visits.h.
};

/// Makes events of 300 to 400 bytes as analytics-node writes them: mostly `Product Viewed`, some `Product Added`, few
/// `Order Completed`. Message ids never repeat within one maker, nor between makers of different seeds.
class EventMaker {
 public:
  explicit EventMaker(uint64_t seed, Shop shop = {}) : random_(seed), seed_(seed), shop_(shop) {}
  /// The next event as JSON. `message_id` receives its id.
  std::string next(std::string* message_id = nullptr);
  /// The shop has so many known users now. REQUIRES not fewer than before.
  void grow(int64_t known) { shop_.known = known; }
  void order(Order order) { order_ = order; }
  /// An identify call for the `index`-th known user.
  std::string identify(int64_t index);

 private:
  std::string make_id();
  /// The number of the next event's user.
  int64_t draw(double new_share);
  int64_t next_user();

  Random random_;
  uint64_t seed_;
  Shop shop_;
  Order order_ = Order::anybody;
  std::vector<int64_t> visitors_;
  int64_t made_ = 0;
  int64_t new_people_ = 0;
};

/// `POST path` with Basic authorization by the write key.
std::string request(std::string_view path, std::string_view write_key, std::string_view body);

/// `{"batch":[…],"context":{…},"sentAt":…}`: what they share stands beside them, as the SDKs may send it.
std::string batch_body(const std::vector<std::string>& events);

/// Requests of `size` events each, `count` of them.
std::vector<std::string> batches(EventMaker& maker, std::string_view write_key, int64_t count, int size);
/// Single track calls.
std::vector<std::string> singles(EventMaker& maker, std::string_view write_key, int64_t count);

}  // namespace cairn::load
