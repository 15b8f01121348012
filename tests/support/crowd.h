// A crowd of customers with their events, the same for a seed, straight into parts of a timeline: for benches at a size
// that no log needs to be written for. Events come customer after customer, each in time order, so that a peer can be
// given the very same.
#pragma once
#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <string_view>
#include <vector>

#include "base/executor.h"
#include "base/hash.h"
#include "base/random.h"
#include "timeline/batch.h"
#include "timeline/bulk.h"

namespace cairn::test {

struct CrowdOptions {
  int64_t customers = 50'000;
  int64_t events = 1'000'000;
  uint64_t seed = 1;
  bool channels = true;    ///< Each event has one.
  bool order_ids = false;  ///< Orders are entities then.
};

/// What happens in a crowd, in the order of a way through a shop.
inline constexpr std::array<std::string_view, 8> kCrowdKinds = {
    "Product Viewed",  "Product Added", "Checkout Started", "Order Completed",
    "Order Delivered", "Email Opened",  "Ticket Opened",    "Survey Answered"};
inline constexpr std::array<std::string_view, 5> kCrowdChannels = {"web", "app", "store", "email", "phone"};

struct CrowdEvent {
  int64_t customer = 0;
  int64_t seq = 0;
  int kind = 0;    ///< Index of kCrowdKinds.
  int64_t at = 0;  ///< Microseconds, whole milliseconds.
  int64_t known_at = 0;
  int64_t value_minor = 0;
  int channel = 0;  ///< Index of kCrowdChannels.
};

class Crowd {
 public:
  explicit Crowd(CrowdOptions options) : options_(options), first_(static_cast<size_t>(options.customers) + 1) {
    // Few have very many: the shares of a geometric distribution, made to sum up to the events asked for.
    std::vector<double> weight(first_.size());
    double sum = 0;
    for (size_t c = 1; c < first_.size(); ++c) {
      double u = static_cast<double>(mix(options_.seed ^ (c * 0x9E3779B9ull)) >> 11) * 0x1.0p-53;
      sum += weight[c] = -std::log(1 - u) + 0.05;
    }
    double done = 0;
    for (size_t c = 1; c < first_.size(); ++c) {
      done += weight[c];
      first_[c] = static_cast<int64_t>(done / sum * static_cast<double>(options_.events));
    }
    first_.back() = options_.events;
    for (int64_t c = 1; c <= options_.customers; ++c)
      by_shard_[static_cast<size_t>(shard_of(CustomerId{c}))].push_back(c);
    while ((int64_t{1} << seq_bits_) < options_.events) ++seq_bits_;
  }
  const CrowdOptions& options() const { return options_; }

  /// Two years from 2024-01-01 on.
  static constexpr int64_t kStart = 1'704'067'200'000'000;
  static constexpr int64_t kSpan = int64_t{730} * 86'400 * 1'000'000;

  /// Calls visit(CrowdEvent) for the events of a shard: by (customer, at, seq).
  template <class F>
  void each(int shard, F visit) const {
    for (int64_t customer : by_shard_[static_cast<size_t>(shard)]) live(customer, visit);
  }

 private:
  template <class F>
  void live(int64_t customer, F visit) const {
    auto c = static_cast<size_t>(customer);
    int64_t count = first_[c] - first_[c - 1];
    Random random = Random::stream(options_.seed, static_cast<uint64_t>(customer));
    int64_t at = kStart + static_cast<int64_t>(random.uniform() * 0.5 * static_cast<double>(kSpan));
    double gap = 0.5 * static_cast<double>(kSpan) / static_cast<double>(count + 1);
    int kind = 0;
    for (int64_t i = 0; i < count; ++i) {
      kind = next(kind, random);
      // Steps of one visit are minutes apart, visits days.
      bool same_visit = kind >= 1 && kind <= 3;
      at += static_cast<int64_t>(random.exponential(1 / (same_visit ? 240e6 : gap)));
      at -= at % 1000;
      CrowdEvent event;
      event.customer = customer;
      // Every number once, and without any order, as when all customers come at the same time.
      event.seq = 1 + static_cast<int64_t>((static_cast<uint64_t>(first_[c - 1] + i) * 0x9E3779B1ull) &
                                           ((uint64_t{1} << seq_bits_) - 1));
      event.kind = kind;
      event.at = at;
      event.known_at = at + static_cast<int64_t>(random.below(2000)) * 1000;
      event.value_minor = 99 + static_cast<int64_t>(random.below(40'000)) * (kind == 3 ? 3 : 1);
      event.channel = static_cast<int>(random.below(kCrowdChannels.size()));
      visit(event);
    }
  }
  static int next(int kind, Random& random) {
    double u = random.uniform();
    if (kind == 0 && u < 0.3) return 1;
    if (kind == 1 && u < 0.5) return 2;
    if (kind == 2 && u < 0.6) return 3;
    if (kind == 3 && u < 0.8) return 4;
    if (u > 0.97) return 6;
    if (u > 0.92) return 7;
    return u > 0.8 ? 5 : 0;
  }

  CrowdOptions options_;
  std::vector<int64_t> first_;  ///< Events of customers before each.
  std::array<std::vector<int64_t>, kShards> by_shard_;
  int seq_bits_ = 1;
};

/// Every kind of the crowd with `value` (money), `channel`, and `order_id` of orders.
inline query::Catalogue crowd_catalogue() {
  query::Catalogue out;
  for (std::string_view name : kCrowdKinds) {
    query::Kind kind;
    kind.name = name;
    for (char ch : name) kind.stream += ch == ' ' ? '_' : static_cast<char>(ch | 0x20);
    kind.declared = true;
    kind.properties = {{"value", query::PropertyType::money, false}, {"channel", query::PropertyType::text, false}};
    if (name.starts_with("Order")) kind.properties.push_back({"order_id", query::PropertyType::text, false});
    if (name == "Order Completed") kind.properties.push_back({"total", query::PropertyType::money, false});
    out.add(std::move(kind));
  }
  return out;
}

/// The parts of all shards. REQUIRES a schema with the kinds and properties of crowd_catalogue.
inline std::vector<std::shared_ptr<const timeline::Part>> make_parts(const Crowd& crowd,
                                                                     std::shared_ptr<const timeline::Schema> schema,
                                                                     Executor& executor) {
  std::vector<std::shared_ptr<const timeline::Part>> out(kShards);
  std::array<timeline::KindIndex, kCrowdKinds.size()> kinds;
  for (size_t i = 0; i < kinds.size(); ++i) kinds[i] = *schema->find_kind(kCrowdKinds[i]);
  executor.parallel_for(kShards, [&](size_t s) {
    int shard = static_cast<int>(s);
    timeline::Bulk bulk(schema, {}, {shard, shard + 1});
    timeline::Batch& batch = bulk.batch(shard);
    crowd.each(shard, [&](const CrowdEvent& e) {
      timeline::KindIndex kind = kinds[static_cast<size_t>(e.kind)];
      const timeline::KindSchema& columns = schema->kinds()[kind];
      batch.add(kind, {{e.customer}, {e.customer}, {e.seq}, {e.at}, {e.known_at}});
      batch.column(kind, *columns.find("value")).add_integer(e.value_minor);
      if (crowd.options().channels)
        batch.column(kind, *columns.find("channel")).add_text(kCrowdChannels[static_cast<size_t>(e.channel)]);
      if (e.kind == 3 && crowd.options().order_ids)
        batch.column(kind, *columns.find("total")).add_integer(e.value_minor);
      // An order and its delivery follow one another.
      if ((e.kind == 3 || e.kind == 4) && crowd.options().order_ids)
        batch.column(kind, *columns.find("order_id"))
            .add_text(fmt::format("{}-{}", e.customer, e.at / 864'000'000'000));
    });
    out[s] = bulk.finish(executor).front();
  });
  return out;
}

}  // namespace cairn::test
