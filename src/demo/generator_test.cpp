#include "demo/generator.h"

#include <gtest/gtest.h>

#include <set>

#include "base/hash.h"
#include "events/kinds.h"
#include "json/value.h"

namespace cairn::demo {
namespace {

Plan plan_of(int customers, int months, uint64_t seed = 1) {
  Options options;
  options.customers = customers;
  options.months = months;
  options.seed = seed;
  options.until = *parse_moment("2025-03-04", *Zone::find("Europe/Paris"));
  return *make_plan(options, *Zone::find("Europe/Paris"), Time{});
}

/// One thread after the other, and backwards: what must not change anything.
class Backwards final : public Executor {
 public:
  std::unique_ptr<Queue> make_queue(std::string_view name) override { return system_executor().make_queue(name); }
  std::shared_ptr<Signal> make_signal() override { return system_executor().make_signal(); }
  std::unique_ptr<Thread> start(std::string_view name, Task loop) override {
    return system_executor().start(name, loop);
  }
  void parallel_for(size_t count, const std::function<void(size_t)>& body) override {
    while (count > 0) body(--count);
  }
  unsigned parallelism() const override { return 1; }
};

template <class F>
void each_event(const Plan& plan, Executor& executor, F use) {
  Generator generator(executor, plan);
  for (Slice slice; generator.next(slice);)
    for (size_t s = 0; s < kSources; ++s)
      for (const events::NewEvent& e : slice.by_source[s]) use(static_cast<Source>(s), e);
}

uint64_t hash_of(const Plan& plan, Executor& executor = system_executor()) {
  uint64_t hash = 0;
  each_event(plan, executor, [&](Source s, const events::NewEvent& e) {
    hash = hash64(fmt::format("{}\n{}\n{}\n{}\n{}\n{}", source_name(s), e.kind, e.occurred_at.micros, e.source_key,
                              events::join_identifiers(e.identifiers), e.properties),
                  hash);
  });
  return hash;
}

TEST(Generator, the_same_seed_tells_the_same_events_whatever_the_threads_do) {
  uint64_t hash = hash_of(plan_of(600, 6));
  EXPECT_EQ(hash_of(plan_of(600, 6)), hash);
  Backwards backwards;
  EXPECT_EQ(hash_of(plan_of(600, 6), backwards), hash);
  EXPECT_NE(hash_of(plan_of(600, 6, 2)), hash);
}

TEST(Generator, uses_declared_kinds_and_properties_with_their_types) {
  const query::Catalogue& catalogue = events::declared_kinds();
  std::set<std::string> told;
  each_event(plan_of(1500, 14), system_executor(), [&](Source, const events::NewEvent& e) {
    const query::Kind* kind = catalogue.find(e.kind);
    ASSERT_TRUE(kind) << e.kind;
    told.insert(e.kind);
    auto object = json::parse_object(e.properties);
    ASSERT_TRUE(object) << e.kind << " " << e.properties << " " << object.error().message;
    for (const auto& member : *object) {
      const query::Property* p = kind->find({member.key().data(), member.key().size()});
      ASSERT_TRUE(p) << e.kind << "." << member.key();
      using query::PropertyType;
      const json::Value& v = member.value();
      bool fits = p->type == PropertyType::list                                    ? v.is_array()
                  : p->type == PropertyType::boolean                               ? v.is_bool()
                  : p->type == PropertyType::integer                               ? v.is_int64()
                  : p->type == PropertyType::text || p->type == PropertyType::time ? v.is_string()
                                                                                   : v.is_number();
      EXPECT_TRUE(fits) << e.kind << "." << member.key() << ": " << json::serialize(v);
    }
  });
  for (const char* kind :
       {"Products Searched", "Article Voted", "Order Cancelled", "Return Received", "Ticket Reopened", "Gesture Given",
        "Reward Redeemed", "Referral Completed", "Idea Answered", "Unsubscribed", "Script Error Met",
        "Recommendation Clicked", "Automation Entered", "Live Chat Conversation Ended", "Product Reviewed"})
    EXPECT_TRUE(told.count(kind)) << kind;
}

TEST(Generator, keys_are_unique_and_times_lie_in_the_shops_life_in_order) {
  Plan plan = plan_of(800, 12);
  std::set<std::pair<Source, std::string>> keys;
  std::array<Time, kSources> last{};
  uint64_t count = 0;
  each_event(plan, system_executor(), [&](Source s, const events::NewEvent& e) {
    ++count;
    EXPECT_TRUE(keys.emplace(s, e.source_key).second) << e.source_key;
    EXPECT_GE(e.occurred_at, plan.calendar.begin());
    EXPECT_LT(e.occurred_at, plan.calendar.end());
    EXPECT_GE(e.occurred_at, last[static_cast<size_t>(s)]);
    last[static_cast<size_t>(s)] = e.occurred_at;
    ASSERT_FALSE(e.identifiers.empty());
    for (const auto& id : e.identifiers) {
      EXPECT_TRUE(events::check_identifier(id));
      bool is_address = id.kind == "email";
      EXPECT_EQ(is_address, id.value.ends_with("@example.org")) << id.value;
    }
  });
  EXPECT_GT(count, 800u * 10);
}

TEST(Generator, the_smallest_shops_have_the_story_too) {
  for (int customers : {1, 2, 10}) {
    int story = 0;
    each_event(plan_of(customers, 1), system_executor(),
               [&](Source, const events::NewEvent& e) { story += e.identifiers[0].value == "amelie"; });
    EXPECT_GT(story, 10) << customers;
  }
}

TEST(Generator, the_incident_meets_its_browser_in_its_week_only) {
  Plan plan = plan_of(6000, 14);
  ASSERT_TRUE(plan.incident);
  int errors = 0, elsewhere = 0, started_there = 0;
  std::set<std::string> complaining;
  each_event(plan, system_executor(), [&](Source, const events::NewEvent& e) {
    bool in_week = e.occurred_at >= plan.incident->from && e.occurred_at < plan.incident->to + hours(1);
    bool on_browser = e.properties.find("\"browser\":\"Firefox\"") != std::string::npos;
    if (e.kind == "Script Error Met") (in_week && on_browser ? errors : elsewhere) += 1;
    if (e.kind == "Checkout Started" && in_week && on_browser) ++started_there;
  });
  EXPECT_GE(errors, 3);
  EXPECT_EQ(elsewhere, 0);
  EXPECT_GT(errors, started_there / 2);
}

}  // namespace
}  // namespace cairn::demo
