// The shop that random queries are asked of, and rounds of draws.
#pragma once
#include <gtest/gtest.h>

#include <cstdlib>

#include "judge/random_query.h"
#include "judge/sample.h"
#include "query/checker.h"
#include "query/parser.h"
#include "query/printer.h"

namespace cairn::judge {

/// The sample's catalogue in Paris, with weeks from Sunday and a segment `s`. Stays where it is: the brand points at
/// the catalogue.
struct RandomShop {
  query::Catalogue catalogue = shop_catalogue();
  Vocabulary words = shop_vocabulary(catalogue);
  Brand brand;

  RandomShop() {
    brand.catalogue = &catalogue;
    brand.currency = words.currency;
    brand.zone = Zone::find("Europe/Paris").value();
    brand.first_weekday = 7;  // no Monday that both sides take for granted
    add_segment("s", "count(order_completed last 20 days) >= 1");
  }
  RandomShop(const RandomShop&) = delete;
  void add_segment(const std::string& name, std::string_view condition) {
    brand.segments.emplace(name, ask(condition, brand));
    words.segments.insert(words.segments.end(), name);
  }
  query::CheckOptions options() const {
    query::CheckOptions out;
    out.currency = words.currency;
    out.segments = words.segments;
    if (!words.event_streams.empty()) out.event_streams = words.event_streams;
    return out;
  }
  query::Checked checked(const query::Query& query) const {
    auto out = query::check(query, catalogue, options());
    EXPECT_TRUE(out) << query::print(query) << "\n" << query::to_error(out.error(), query::print(query)).message;
    return out ? std::move(*out) : query::Checked{};
  }
};

/// CAIRN_JUDGE_ROUNDS=1000 asks for so many times as much, each with draws of its own.
template <class F>
void each_round(uint64_t seed, F body) {
  const char* asked = std::getenv("CAIRN_JUDGE_ROUNDS");
  uint64_t rounds = asked ? std::strtoull(asked, nullptr, 10) : 1;
  for (uint64_t round = 0; round < rounds; ++round) {
    SCOPED_TRACE(fmt::format("seed {} round {}", seed, round));
    Random random = Random::stream(seed, round);
    body(random);
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace cairn::judge
