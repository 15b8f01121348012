// Random queries and logs: what must hold whatever is asked.
#include <gtest/gtest.h>

#include <algorithm>

#include "judge/questions.h"
#include "judge/random_shop.h"
#include "query/parser.h"
#include "query/printer.h"

namespace cairn::judge {
namespace {

using query::Query;
using query::Word;

using Setting = RandomShop;

void expect_stable(const Query& query) {
  std::string text = query::print(query);
  query::Parsed parsed = query::parse(text);
  ASSERT_TRUE(parsed) << text << "\n" << query::to_error(parsed.error(), text).message;
  ASSERT_TRUE(query::same(query, *parsed)) << text << "\n" << query::print(*parsed);
  ASSERT_EQ(query::print(*parsed), text);
}

TEST(RandomQueries, AreValidAndPrintedAsTheyAreRead) {
  Setting setting;
  setting.words.event_streams = {"order_completed"};
  each_round(1, [&](Random& random) {
    RandomQuery draw(random, setting.words, 5);
    for (int i = 0; i < 3000; ++i) {
      Query query = i % 3 == 0 ? draw.question() : i % 3 == 1 ? draw.expression() : draw.condition();
      expect_stable(query);
      setting.checked(query);
      if (HasFatalFailure() || HasNonfatalFailure()) return;
    }
  });
}

/// Right queries with a few characters or words changed: refused with a place, or stable.
TEST(RandomQueries, MangledAreRefusedOrStable) {
  Setting setting;
  each_round(8, [&](Random& random) {
    RandomQuery draw(random, setting.words, 4);
    std::string other = "1";
    int right = 0;
    for (int i = 0; i < 3000; ++i) {
      std::string text = query::print(i % 2 == 0 ? draw.question() : draw.expression());
      for (uint64_t n = 1 + random.below(3); n > 0; --n) {
        size_t at = random.below(text.size() + 1), count = random.below(12);
        if (random.chance(0.5)) text.erase(at, count);
        else text.insert(at, other.substr(random.below(other.size()), count));
      }
      query::Parsed parsed = query::parse(text);
      if (parsed) {
        expect_stable(*parsed);
        right += query::check(*parsed, setting.catalogue, setting.options()).has_value();
      } else {
        const query::Problem& problem = parsed.error().front();
        ASSERT_LE(size_t{problem.span.offset} + problem.span.length, text.size()) << text;
      }
      if (testing::Test::HasFailure()) return;
      if (!text.empty()) other = text;
    }
    EXPECT_GT(right, 50);
  });
}

TEST(RandomQueries, ReachEveryWord) {
  Setting setting;
  Random random(2);
  RandomQuery draw(random, setting.words, 5);
  std::set<Word> seen;
  for (int i = 0; i < 3000; ++i) {
    Query query = i % 2 == 0 ? draw.question() : draw.expression();
    if (query.question()) seen.insert(query.question()->word);
    for (query::NodeId root : query::roots(query))
      query::each_node(query, root, [&](query::NodeId id) {
        seen.insert(query.at(id).word);
        if (query.at(id).kind == query::NodeKind::segment) seen.insert(Word::segment);
      });
  }
  for (const query::WordInfo& w : query::all_words()) EXPECT_TRUE(seen.contains(w.word)) << w.name;
}

bool is_of(const Value& value, query::BaseType type) {
  switch (type) {
    case query::BaseType::number: return value.is<double>();
    case query::BaseType::money: return value.is<Money>();
    case query::BaseType::text: return value.is<std::string>();
    case query::BaseType::boolean: return value.is<bool>();
    case query::BaseType::time: return value.is<Time>();
    case query::BaseType::duration: return value.is<Duration>();
    case query::BaseType::list: return value.is<Value::List>();
    case query::BaseType::any: return true;
  }
  return false;
}

TEST(RandomQueries, GiveTheCheckedTypeAndKnowNothingOfTheFuture) {
  Setting setting;
  each_round(3, [&](Random& random) {
    RandomQuery draw(random, setting.words);
    int known = 0;
    for (int i = 0; i < 2000; ++i) {
      std::vector<Row> rows = random_log(random, setting.words);
      query::Checked checked = setting.checked(draw.expression());
      std::string text = query::print(checked.query);
      Look look{{random.between(setting.words.from.micros, setting.words.to.micros)}};
      look.as_known = random.chance(0.3);
      Answer answer = evaluate(checked, rows, setting.brand, look);
      known += answer.value.is_known();
      ASSERT_TRUE(!answer.value.is_known() || is_of(answer.value, checked.type().base))
          << text << " gives " << to_text(answer.value);

      // The order in which rows are handed over says nothing, and neither does what lies ahead.
      std::vector<Row> seen;
      for (const Row& row : rows)
        if (row.occurred_at <= look.t && (!look.as_known || row.known_at <= look.t)) seen.push_back(row);
      std::reverse(seen.begin(), seen.end());
      ASSERT_EQ(evaluate(checked, seen, setting.brand, look).value, answer.value) << text;

      // And the text means the same.
      query::Checked again = setting.checked(query::parse(text).value());
      ASSERT_EQ(evaluate(again, rows, setting.brand, look).value, answer.value) << text;
    }
    EXPECT_GT(known, 900);
  });
}

TEST(RandomQueries, AnEventThatNothingDependsOnChangesNothing) {
  Setting setting;
  each_round(4, [&](Random& random) {
    RandomQuery draw(random, setting.words);
    int tried = 0;
    for (int i = 0; i < 1500; ++i) {
      std::vector<Row> rows = random_log(random, setting.words);
      query::Checked checked = setting.checked(draw.condition());
      const query::Dependencies& d = checked.dependencies;
      if (d.every_stream || !d.segments.empty()) continue;
      Look look{setting.words.to};
      Value before = evaluate(checked, rows, setting.brand, look).value;
      std::erase_if(rows, [&](const Row& row) { return !d.streams.contains(row.stream); });
      ASSERT_EQ(evaluate(checked, rows, setting.brand, look).value, before) << query::print(checked.query);
      ++tried;
    }
    EXPECT_GT(tried, 500);
  });
}

TEST(RandomQueries, HoldUntilTheyAreSaidTo) {
  Setting setting;
  each_round(5, [&](Random& random) {
    RandomQuery draw(random, setting.words, 3);
    int changed = 0;
    for (int i = 0; i < 3000; ++i) {
      std::vector<Row> rows = random_log(random, setting.words, {.events = 12});
      query::Checked checked = setting.checked(draw.condition());
      Look look{{random.between(setting.words.from.micros, setting.words.to.micros)}};
      Duration horizon = days(30);
      auto until = valid_until(checked, rows, setting.brand, look, horizon);
      Value now = evaluate(checked, rows, setting.brand, look).value;
      auto at = [&](Time t) {
        Look then = look;
        then.t = t;
        return evaluate(checked, rows, setting.brand, then).value;
      };
      std::string text = query::print(checked.query);
      if (until) {
        ++changed;
        ASSERT_NE(at(*until), now) << text;
        ASSERT_EQ(at(*until - microseconds(1)), now) << text;
      }
      if (!checked.depends_on_moment && checked.dependencies.segments.empty()) {
        bool ahead = std::any_of(rows.begin(), rows.end(), [&](const Row& r) { return r.occurred_at > look.t; });
        ASSERT_TRUE(ahead || !until) << text;
      }
      Time end = until.value_or(look.t + horizon);
      for (int k = 0; k < 40; ++k) {
        Time t{random.between(look.t.micros, end.micros - 1)};
        ASSERT_EQ(at(t), now) << text << "\nat " << to_rfc3339(t) << ", asked at " << to_rfc3339(look.t);
      }
    }
    EXPECT_GT(changed, 100);
  });
}

TEST(RandomQuestions, AddUp) {
  Setting setting;
  each_round(6, [&](Random& random) {
    RandomQuery draw(random, setting.words, 3);
    for (int i = 0; i < 300; ++i) {
      std::vector<Row> rows = random_log(random, setting.words, {.customers = 8, .events = 15});
      Query query = draw.question();
      query::Checked checked = setting.checked(query);
      const query::Question& q = *checked.query.question();
      Log log{rows, setting.words.to};
      std::string text = query::print(query);
      if (q.word == Word::select) {
        EXPECT_LE(select(checked, log, setting.brand).size(), 8u);
      } else if (q.word == Word::values) {
        for (const Line& line : values(checked, log, setting.brand)) ASSERT_EQ(line.values.size(), q.columns.size());
      } else if (q.word == Word::series) {
        for (auto& [key, cell] : series(checked, log, setting.brand)) {
          ASSERT_EQ(key.size(), q.by.size()) << text;
          ASSERT_GT(cell.rows + cell.skipped, 0) << text;
        }
      } else if (q.word == Word::funnel) {
        for (auto& [key, steps] : funnel(checked, log, setting.brand)) {
          ASSERT_EQ(steps.size(), q.steps.size());
          for (size_t s = 1; s < steps.size(); ++s) {
            ASSERT_LE(steps[s].customers, steps[s - 1].customers) << text;
            ASSERT_EQ(steps[s].delays.size(), static_cast<size_t>(steps[s].customers)) << text;
          }
        }
      } else if (q.word == Word::retention) {
        for (auto& [cohort, cells] : retention(checked, log, setting.brand))
          for (const RetentionCell& cell : cells) ASSERT_LE(cell.returned, cell.eligible) << text;
      } else if (q.word == Word::paths) {
        Paths all = paths(checked, log, setting.brand);
        int64_t ways = 0, starts = 0;
        for (auto& [way, n] : all.ways) {
          ways += n;
          ASSERT_LE(way.size(), static_cast<size_t>(q.depth) + 1) << text;
        }
        for (auto& [place, n] : all.nodes) starts += std::get<0>(place) == 0 ? n : 0;
        ASSERT_EQ(ways, starts) << text;
      } else {
        int64_t pairs = 0;
        for (auto& [kinds, t] : transitions(checked, log, setting.brand)) pairs += t.count;
        ASSERT_LE(pairs, static_cast<int64_t>(rows.size())) << text;
      }
    }
  });
}

}  // namespace
}  // namespace cairn::judge
