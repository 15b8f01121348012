#include "bench/load_calls.h"

#include <fmt/format.h>

#include "base/clock.h"
#include "base/time.h"
#include "bench/visits.h"
#include "crypto/encode.h"

namespace cairn::load {
namespace {

constexpr std::string_view kLibrary = R"({"library":{"name":"@segment/analytics-node","version":"3.1.0"}})";

std::string now_text() {
  // Milliseconds, as JavaScript writes them.
  std::string text = to_rfc3339(Time{system_clock().now().micros / 1000 * 1000});
  return text;
}

}  // namespace

std::string EventMaker::make_id() {
  int64_t number = made_++;
  return fmt::format("node-next-{}-{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}", 1'790'000'000'000 + number / 100,
                     static_cast<uint32_t>(random_.next()), seed_ & 0xffff, random_.below(4096), random_.below(4096),
                     number);
}

int64_t EventMaker::draw(double new_share) {
  if (random_.chance(new_share)) return shop_.known + static_cast<int64_t>(seed_ % 1000) * 10'000'000 + new_people_++;
  return static_cast<int64_t>(random_.below(static_cast<uint64_t>(shop_.known)));
}

int64_t EventMaker::next_user() {
  if (order_ == Order::anybody) return draw(shop_.new_share);
  // As many people come new as in the other order.
  double new_share = shop_.new_share / kLeaves;
  while (visitors_.size() < kVisitors) visitors_.push_back(draw(new_share));
  return next_visitor(visitors_, random_, [&] { return draw(new_share); });
}

std::string EventMaker::next(std::string* message_id) {
  static constexpr std::string_view kBrands[] = {"samsung", "apple", "xiaomi", "bosch", "lucente", "artel"};
  int64_t user = next_user();
  uint64_t product = 1'000'000 + random_.below(50'000), kind = random_.below(100);
  std::string id = make_id();
  if (message_id) *message_id = id;
  std::string properties = fmt::format(
      R"({{"product_id":"{}","sku":"SKU-{}","category":"electronics.smartphone","brand":"{}","price":{}.{:02},)"
      R"("currency":"EUR","quantity":1)",
      product, product % 5000, kBrands[product % 6], product % 900, product % 100);
  std::string_view event = kind < 90 ? "Product Viewed" : kind < 97 ? "Product Added" : "Order Completed";
  if (kind >= 97) properties += fmt::format(R"(,"order_id":"o-{}-{}","revenue":{}.50)", seed_, made_, product % 900);
  return fmt::format(
      R"({{"type":"track","event":"{}","userId":"u{}","properties":{}}},"timestamp":"{}","messageId":"{}",)"
      R"("integrations":{{}}}})",
      event, user, properties, now_text(), id);
}

std::string EventMaker::identify(int64_t index) {
  return fmt::format(
      R"({{"type":"identify","userId":"u{}","traits":{{"plan":"gold"}},"timestamp":"{}","messageId":"{}"}})", index,
      now_text(), make_id());
}

std::string request(std::string_view path, std::string_view write_key, std::string_view body) {
  return fmt::format(
      "POST {} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: analytics-node-next/latest\r\nContent-Type: "
      "application/json\r\nAuthorization: Basic {}\r\nContent-Length: {}\r\n\r\n{}",
      path, crypto::to_base64(fmt::format("{}:", write_key)), body.size(), body);
}

std::string batch_body(const std::vector<std::string>& events) {
  std::string body = R"({"batch":[)";
  for (const std::string& event : events) {
    body += event;
    body += ',';
  }
  body.back() = ']';
  return fmt::format(R"({},"context":{},"sentAt":"{}"}})", body, kLibrary, now_text());
}

std::vector<std::string> batches(EventMaker& maker, std::string_view write_key, int64_t count, int size) {
  std::vector<std::string> out;
  std::vector<std::string> events;
  for (int64_t i = 0; i < count; ++i) {
    events.clear();
    for (int k = 0; k < size; ++k) events.push_back(maker.next());
    out.push_back(request("/v1/batch", write_key, batch_body(events)));
  }
  return out;
}

std::vector<std::string> singles(EventMaker& maker, std::string_view write_key, int64_t count) {
  std::vector<std::string> out;
  for (int64_t i = 0; i < count; ++i) out.push_back(request("/v1/track", write_key, maker.next()));
  return out;
}

}  // namespace cairn::load
