// The engine against the judge: random queries of random logs, to the bit.
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/ask.h"
#include "engine/evaluate.h"
#include "judge/engine_world.h"
#include "judge/questions.h"
#include "judge/random_shop.h"
#include "query/printer.h"

namespace cairn::judge {
namespace {

using query::Query;
using query::Word;

struct Shop : RandomShop {
  std::unique_ptr<EngineWorld> world;
  Shop() {
    add_segment("deep", "segment(\"s\") or days_since(tickets) > 12");
    world = std::make_unique<EngineWorld>(brand);
  }
};

/// Some batches, late rows in later ones, folded or not.
Arrival arrival(Random& random, size_t rows) {
  Arrival out;
  for (uint64_t n = random.below(4); n > 0 && rows > 1; --n) out.cuts.push_back(1 + random.below(rows - 1));
  std::sort(out.cuts.begin(), out.cuts.end());
  out.cuts.erase(std::unique(out.cuts.begin(), out.cuts.end()), out.cuts.end());
  out.folds = random.chance(0.3);
  if (random.chance(0.5)) out.identity = 1 + random.below(1'000'000);
  return out;
}

std::vector<Row> of_customer(std::span<const Row> rows, CustomerId id) {
  std::vector<Row> out;
  for (const Row& row : rows)
    if (row.customer == id) out.push_back(row);
  return out;
}

/// The event at hand as the engine has it.
engine::EventAtHand at_hand(const timeline::Version& version, const timeline::Schema& schema, const Row& row) {
  auto place = *version.find(row.customer);
  timeline::KindIndex kind = schema.find_stream(row.stream).value();
  const timeline::Stream& stream = *place.part->stream(kind);
  uint32_t at = stream.offsets().begin(place.customer);
  while (stream.seq()[at] != row.seq.value) ++at;
  return {kind, at};
}

Time moment_in(Random& random, const Vocabulary& words) {
  Time out{random.between(words.from.micros, words.to.micros)};
  if (random.chance(0.3)) out.micros -= out.micros % hours(1).micros;
  return out;
}

TEST(Engine, OneCustomerIsWhatTheJudgeSays) {
  Shop shop;
  shop.words.event_streams = {"order_completed"};
  each_round(11, [&](Random& random) {
    RandomQuery draw(random, shop.words);
    int known = 0;
    for (int i = 0; i < 400; ++i) {
      std::vector<Row> rows = random_log(random, shop.words, {.customers = 3});
      auto version = shop.world->build(rows, arrival(random, rows.size()));
      auto rebuilt = shop.world->build(rows);
      for (int k = 0; k < 8; ++k) {
        query::Checked checked = shop.checked(draw.expression());
        auto plan = shop.world->plan(checked);
        CustomerId id{random.between(1, 3)};
        std::vector<Row> own = of_customer(rows, id);
        if (own.empty()) continue;
        Look look{moment_in(random, shop.words), random.chance(0.3)};
        engine::Look from{look.t, look.as_known};
        engine::Look again = from;
        const Row& hand = own[random.below(own.size())];
        if (hand.stream == "order_completed" && random.chance(0.8)) {
          look.event = &hand;
          from.event = at_hand(*version, version->schema(), hand);
          again.event = at_hand(*rebuilt, rebuilt->schema(), hand);
        }
        Answer wanted = evaluate(checked, own, shop.brand, look);
        auto answer = engine::evaluate(*plan, *version, id, from);
        ASSERT_TRUE(answer) << answer.error().message;
        std::string where = fmt::format("{}\nat {}{} of {}", query::print(checked.query), to_rfc3339(look.t),
                                        look.as_known ? " as known" : "", id.value);
        ASSERT_EQ(answer->value, wanted.value) << where << "\n"
                                               << to_text(answer->value) << " instead of " << to_text(wanted.value);
        ASSERT_EQ(answer->skipped, wanted.skipped) << where;
        auto same = engine::evaluate(*plan, *rebuilt, id, again);
        ASSERT_EQ(same->value, wanted.value) << where;
        ASSERT_EQ(same->valid_until, answer->valid_until) << where;
        known += wanted.value.is_known();
      }
    }
    EXPECT_GT(known, 1000);
  });
}

TEST(Engine, HoldsUntilItIsSaidTo) {
  Shop shop;
  each_round(12, [&](Random& random) {
    RandomQuery draw(random, shop.words, 3);
    int wakes = 0;
    for (int i = 0; i < 2500; ++i) {
      std::vector<Row> rows = random_log(random, shop.words, {.events = 12});
      if (rows.empty()) continue;
      auto version = shop.world->build(rows);
      query::Checked checked = shop.checked(draw.condition());
      auto plan = shop.world->plan(checked);
      Look look{moment_in(random, shop.words), random.chance(0.2)};
      auto answer = engine::evaluate(*plan, *version, rows[0].customer, {look.t, look.as_known});
      ASSERT_TRUE(answer) << answer.error().message;
      Duration horizon = days(30);
      std::string where = fmt::format("{}\nat {}", query::print(checked.query), to_rfc3339(look.t));
      auto change = valid_until(checked, rows, shop.brand, look, horizon);
      if (answer->valid_until) {
        ++wakes;
        ASSERT_GT(*answer->valid_until, look.t) << where;
      }
      if (change) {
        ASSERT_TRUE(answer->valid_until) << where << "\nchanges at " << to_rfc3339(*change);
        ASSERT_LE(*answer->valid_until, *change)
            << where << "\nsaid " << to_rfc3339(*answer->valid_until) << ", changes at " << to_rfc3339(*change);
      }
    }
    EXPECT_GT(wakes, 100);
  });
}

/// Wakes of windows and of days_since, which are most of all: at least 9 of 10 change the value.
TEST(Engine, WakesAreTight) {
  Shop shop;
  const std::vector<std::string> forms = {
      "count(order_completed last {} days) >= {}",
      "exists(order_completed last {} days) and {} < 9",
      "sum(orders.total where status != \"cancelled\" last {} days) >= {}0 EUR",
      "days_since(orders) > {} or {} > 9",
      "days_since(product_viewed) < {} and exists(orders where total > {} EUR last 20 days)",
      "count(product_viewed between now() - {}0 days and now() - {} days) > 1",
      "distinct(order_completed.channel last {} days) > {}",
      "avg(survey_answered.score last {} days) > {}",
      "now() - last_time(tickets) > {} days or {} > 9",
      "sequence(product_viewed then order_completed within 9 days last {} days) >= {}",
  };
  each_round(13, [&](Random& random) {
    int wakes = 0, changes = 0;
    for (int i = 0; i < 3000; ++i) {
      std::vector<Row> rows = random_log(random, shop.words, {.events = 40, .late = false, .ahead = false});
      if (rows.empty()) continue;
      auto version = shop.world->build(rows);
      const std::string& form = forms[random.below(forms.size())];
      int64_t a = random.between(2, 30), b = random.between(1, 4);
      std::string text = fmt::format(fmt::runtime(form), a, b);
      query::Checked checked = ask(text, shop.brand);
      auto plan = shop.world->plan(checked);
      Look look{shop.words.to - hours(random.between(0, 40 * 24))};
      std::erase_if(rows, [&](const Row& row) { return row.occurred_at > look.t; });
      if (rows.empty()) continue;
      version = shop.world->build(rows);
      auto answer = engine::evaluate(*plan, *version, rows[0].customer, {look.t});
      ASSERT_TRUE(answer);
      ASSERT_EQ(answer->value, evaluate(checked, rows, shop.brand, look).value) << text;
      if (!answer->valid_until) continue;
      ++wakes;
      changes += evaluate(checked, rows, shop.brand, {*answer->valid_until}).value != answer->value;
    }
    EXPECT_GT(wakes, 500);
    EXPECT_GE(changes * 10, wakes * 9) << changes << " of " << wakes;
  });
}

// Questions.

void expect_same_journeys(const query::Checked& checked, const engine::Plan& plan, const engine::Ask& ask,
                          const Log& log, const Brand& brand) {
  if (checked.query.question()->word == Word::paths) {
    auto found = engine::paths(plan, ask).value();
    Paths wanted = paths(checked, log, brand);
    EXPECT_EQ(found.ways, wanted.ways);
    EXPECT_EQ(found.nodes, wanted.nodes);
    EXPECT_EQ(found.links, wanted.links);
    return;
  }
  auto found = engine::transitions(plan, ask).value();
  auto wanted = transitions(checked, log, brand);
  ASSERT_EQ(found.size(), wanted.size());
  for (auto& [kinds, t] : wanted) {
    const engine::Transition& other = found[kinds];
    EXPECT_EQ(other.count, t.count);
    EXPECT_TRUE(other.total_micros == t.total_micros);
    EXPECT_EQ(other.min_micros, t.min_micros);
    EXPECT_EQ(other.max_micros, t.max_micros);
  }
}

/// An answer has as many values as it may, and not one more.
void expect_limited(const engine::Plan& plan, engine::Ask ask, const std::vector<engine::Line>& found) {
  if (found.empty()) return;
  ask.cells_max = found.size() * found[0].values.size();
  EXPECT_TRUE(engine::values(plan, ask));
  --ask.cells_max;
  EXPECT_EQ(engine::values(plan, ask).error().code, Code::too_large);
}

void expect_same(const query::Checked& checked, const engine::Plan& plan, const engine::Ask& ask, const Log& log,
                 const Brand& brand) {
  const query::Question& q = *checked.query.question();
  switch (q.word) {
    case Word::select: EXPECT_EQ(engine::select(plan, ask)->ids(), select(checked, log, brand)); break;
    case Word::values: {
      auto found = engine::values(plan, ask).value();
      expect_limited(plan, ask, found);
      auto wanted = values(checked, log, brand);
      ASSERT_EQ(found.size(), wanted.size());
      for (size_t i = 0; i < found.size(); ++i) {
        EXPECT_EQ(found[i].customer, wanted[i].customer);
        EXPECT_EQ(found[i].values, wanted[i].values);
      }
      break;
    }
    case Word::series: {
      auto found = engine::series(plan, ask).value();
      auto wanted = series(checked, log, brand);
      ASSERT_EQ(found.size(), wanted.size());
      auto it = found.begin();
      for (auto& [key, cell] : wanted) {
        EXPECT_EQ(it->first, key);
        EXPECT_EQ(it->second.value, cell.value) << to_text(it->second.value) << " instead of " << to_text(cell.value);
        EXPECT_EQ(it->second.rows, cell.rows);
        EXPECT_EQ(it->second.skipped, cell.skipped);
        ++it;
      }
      break;
    }
    case Word::funnel: {
      auto found = engine::funnel(plan, ask).value();
      auto wanted = funnel(checked, log, brand);
      ASSERT_EQ(found.size(), wanted.size());
      auto it = found.begin();
      for (auto& [key, steps] : wanted) {
        EXPECT_EQ(it->first, key);
        ASSERT_EQ(it->second.size(), steps.size());
        for (size_t i = 0; i < steps.size(); ++i) {
          EXPECT_EQ(it->second[i].customers, steps[i].customers);
          std::sort(it->second[i].delays.begin(), it->second[i].delays.end());
          EXPECT_EQ(it->second[i].delays, steps[i].delays);
        }
        ++it;
      }
      break;
    }
    case Word::retention: {
      auto found = engine::retention(plan, ask).value();
      auto wanted = retention(checked, log, brand);
      ASSERT_EQ(found.size(), wanted.size());
      auto it = found.begin();
      for (auto& [cohort, cells] : wanted) {
        EXPECT_EQ(it->first, cohort);
        ASSERT_EQ(it->second.size(), cells.size());
        for (size_t i = 0; i < cells.size(); ++i) {
          EXPECT_EQ(it->second[i].eligible, cells[i].eligible);
          EXPECT_EQ(it->second[i].returned, cells[i].returned) << "period " << i;
        }
        ++it;
      }
      break;
    }
    default: expect_same_journeys(checked, plan, ask, log, brand);
  }
}

TEST(Engine, QuestionsAreWhatTheJudgeSays) {
  Shop shop;
  each_round(14, [&](Random& random) {
    RandomQuery draw(random, shop.words, 3);
    for (int i = 0; i < 150; ++i) {
      std::vector<Row> rows = random_log(random, shop.words, {.customers = 10, .events = 20});
      auto version = shop.world->build(rows, arrival(random, rows.size()));
      for (int k = 0; k < 10; ++k) {
        query::Checked checked = shop.checked(draw.question());
        std::string text = query::print(checked.query);
        SCOPED_TRACE(text);
        Log log{rows, moment_in(random, shop.words)};
        expect_same(checked, *shop.world->plan(checked), {*version, system_executor(), log.now}, log, shop.brand);
        if (HasFailure()) return;
      }
    }
  });
}

/// Delays of a hundred customers who waited for most of time: their sum leaves 64 bits.
TEST(Engine, TransitionsAddUpBeyond64Bits) {
  Shop shop;
  std::vector<Row> rows;
  for (int64_t id = 1; id <= 100; ++id)
    for (std::string_view at : {"0002-01-01", "9998-01-01"})
      add(rows, "order_completed", at, "{}", id);
  auto version = shop.world->build(rows);
  query::Checked checked = ask("transitions()", shop.brand);
  Log log{rows, moment("9999-01-01")};
  expect_same(checked, *shop.world->plan(checked), {*version, system_executor(), log.now}, log, shop.brand);
}

/// A scan finds what every customer alone is found to be.
TEST(Engine, ScansFindWhatOneFinds) {
  Shop shop;
  each_round(15, [&](Random& random) {
    RandomQuery draw(random, shop.words);
    for (int i = 0; i < 120; ++i) {
      std::vector<Row> rows = random_log(random, shop.words, {.customers = 12, .events = 20});
      auto version = shop.world->build(rows, arrival(random, rows.size()));
      query::Query condition = draw.condition();
      auto single = shop.world->plan(shop.checked(condition));
      std::string text = fmt::format("select({})", query::print(condition));
      SCOPED_TRACE(text);
      auto scan = shop.world->plan(ask(text, shop.brand));
      Time t = moment_in(random, shop.words);
      std::vector<CustomerId> found = engine::select(*scan, {*version, system_executor(), t})->ids();
      for (int64_t id = 1; id <= 12; ++id) {
        std::vector<Row> own = of_customer(rows, {id});
        bool there = std::any_of(own.begin(), own.end(), [&](const Row& row) { return row.occurred_at <= t; });
        bool wanted = there && is_true(engine::evaluate(*single, *version, {id}, {t})->value);
        ASSERT_EQ(std::binary_search(found.begin(), found.end(), CustomerId{id}), wanted) << id;
      }
    }
  });
}

}  // namespace
}  // namespace cairn::judge
