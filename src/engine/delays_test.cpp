// Against the plainest loop, on orders that are longer than what is read at once, packed in every way.
#include "engine/delays.h"

#include <gtest/gtest.h>

#include "timeline/by_hand.h"

namespace cairn::engine {
namespace {

using timeline::Order;
using Machine = StepReader::Machine;

/// What this machine can do.
std::vector<Machine> machines() {
  std::vector<Machine> out;
  for (Machine m : {Machine::any, Machine::avx2, Machine::avx512})
    if (m <= StepReader::machine()) out.push_back(m);
  return out;
}

struct Case {
  const char* name;
  int64_t kinds;
  int64_t ticks;  ///< Times are so many, apart by `tick`.
  Duration tick;
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      {"all at once", 3, 1, seconds(1)},
      {"of one kind", 1, 200, seconds(1)},
      {"a byte", 3, 200, seconds(1)},
      {"two bytes", 3, 50'000, seconds(1)},
      {"four bytes", 3, 60'000'000, seconds(1)},
      {"five bytes", 40, 600'000'000'000, microseconds(1)},
      {"six bytes", 3, 60'000'000'000'000, microseconds(1)},
      {"eight bytes", 3, 600'000'000'000'000, microseconds(1)},
      {"more kinds than a byte counts", 300, 60'000'000'000'000, microseconds(1)},
  };
  return all;
}

/// One customer with most of the events, and many with few.
std::shared_ptr<const timeline::Version> version_of(const Case& c) {
  Random random(5);
  std::vector<timeline::OwnRow> rows;
  for (int64_t i = 0; i < 8000; ++i) {
    timeline::OwnRow row;
    row.seq = i + 1;
    row.customer = random.chance(0.5) ? 1 : static_cast<int64_t>(random.below(1000));
    row.kind = fmt::format("Kind {}", random.below(static_cast<uint64_t>(c.kinds)));
    row.at = row.known_at = Time{1'000'000'000'000'000 +
                                 c.tick.micros * static_cast<int64_t>(random.below(static_cast<uint64_t>(c.ticks)))};
    rows.push_back(row);
  }
  timeline::Timeline timeline(timeline::small_schema(), {});
  auto applied = timeline.apply(timeline::views(rows), Seq{8000});
  EXPECT_TRUE(applied);
  return timeline.version();
}

template <class Body>
void each_order(const timeline::Version& version, Body body) {
  for (const auto& shard : version.shards())
    for (const auto& part : shard->parts()) body(part->order());
}

TEST(Delays, StepsAreReadAlikeOnEveryMachine) {
  for (const Case& c : cases()) {
    SCOPED_TRACE(c.name);
    auto version = version_of(c);
    each_order(*version, [&](const Order& order) {
      int64_t scale = std::max<int64_t>(order.occurred_at().packing().scale, 1);
      for (Machine machine : machines())
        for (size_t most : {StepReader::kRows, size_t{77}}) {
          StepReader reader(order, machine);
          std::vector<int64_t> delays(StepReader::kRows);
          std::vector<uint16_t> narrow(StepReader::kRows);
          std::vector<uint32_t> wide(StepReader::kRows);
          size_t kinds = order.kinds().size();
          for (size_t first = 1; first < order.events(); first += most) {
            size_t count = std::min(most, order.events() - first);
            reader.delays(first, count, delays.data());
            if (kinds < 256) reader.cells(first, count, kinds, narrow.data());
            reader.cells(first, count, kinds, wide.data());
            for (size_t i = 0; i < count; ++i) {
              size_t row = first + i;
              ASSERT_EQ(delays[i] * scale, order.occurred_at()[row] - order.occurred_at()[row - 1]);
              auto cell = static_cast<size_t>(order.codes()[row - 1]) * kinds + static_cast<size_t>(order.codes()[row]);
              ASSERT_EQ(wide[i], cell);
              if (kinds < 256) {
                ASSERT_EQ(narrow[i], cell);
              }
            }
          }
        }
    });
  }
}

ByKind plainly(const Order& order, Span span) {
  ByKind out;
  order.offsets().each(0, order.offsets().customers(), [&](uint32_t, uint32_t begin, uint32_t end) {
    for (uint32_t row = begin + 1; row < end; ++row) {
      int64_t before = order.occurred_at()[row - 1], at = order.occurred_at()[row];
      if (!span.holds(before) || !span.holds(at)) continue;
      auto kind = [&](uint32_t i) { return order.kinds()[static_cast<size_t>(order.codes()[i])]; };
      merge(out[{kind(row - 1), kind(row)}], {1, at - before, at - before, at - before});
    }
  });
  return out;
}

TEST(Delays, AreWhatAPlainLoopFinds) {
  for (const Case& c : cases()) {
    SCOPED_TRACE(c.name);
    auto version = version_of(c);
    int64_t begin = 1'000'000'000'000'000, third = c.tick.micros * c.ticks / 3;
    for (Span span : {Span{INT64_MIN, INT64_MAX}, Span{begin + third, begin + 2 * third}, Span{begin, begin}})
      each_order(*version, [&](const Order& order) {
        ByKind found;
        Delays delays(order);
        uint32_t customers = order.offsets().customers();
        for (uint32_t first = 0; first < customers; first += 7)
          delays.add(first, std::min(first + 7, customers), span, found);
        delays.flush(found);
        ASSERT_EQ(found, plainly(order, span));
      });
  }
}

}  // namespace
}  // namespace cairn::engine
