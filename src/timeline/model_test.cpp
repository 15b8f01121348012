// Rows by chance, put in, taken out and moved in every way: what a timeline says is what one says that was built at
// once from the rows that are left, and in the order that a sorted map has.
#include <gtest/gtest.h>

#include "timeline/bulk.h"
#include "timeline/by_hand.h"

namespace cairn::timeline {
namespace {

/// The plainest store of rows that there is.
struct Model {
  std::map<int64_t, OwnRow> rows;  // by seq
  std::map<int64_t, int64_t> aliases;

  int64_t home(int64_t customer) const {
    auto it = aliases.find(customer);
    return it == aliases.end() ? customer : it->second;
  }
  std::vector<OwnRow> list() const {
    std::vector<OwnRow> out;
    for (const auto& [seq, row] : rows) out.push_back(row);
    return out;
  }
  /// (seq, stream, time) of each customer's events in order.
  std::map<int64_t, std::vector<std::string>> heads() const {
    std::map<int64_t, std::map<std::pair<Time, int64_t>, std::string>> sorted;
    for (const auto& [seq, row] : rows)
      if (!(row.flags & 4)) sorted[home(row.customer)][{row.at, seq}] = row.kind;
    std::map<int64_t, std::vector<std::string>> out;
    for (const auto& [customer, events] : sorted)
      for (const auto& [place, kind] : events)
        out[customer].push_back(fmt::format("{} {} {}", place.second, kind, place.first.micros));
    return out;
  }
};

std::map<int64_t, std::vector<std::string>> heads(const Version& version) {
  std::map<int64_t, std::vector<std::string>> out;
  for (int s = 0; s < kShards; ++s)
    for (const Run& run : version.shard(s).runs())
      for (uint32_t c = run.first; c < run.last; ++c) {
        const Order& order = run.part->order();
        std::map<KindIndex, uint32_t> next;
        for (uint32_t i = order.offsets().begin(c); i < order.offsets().end(c); ++i) {
          KindIndex kind = order.kinds()[static_cast<size_t>(order.codes()[i])];
          const Stream& stream = *run.part->stream(kind);
          uint32_t row = stream.offsets().begin(c) + next[kind]++;
          out[run.part->customer(c).value].push_back(
              fmt::format("{} {} {}", stream.seq()[row], version.schema().kinds()[kind].name, order.occurred_at()[i]));
        }
      }
  return out;
}

std::map<int64_t, std::vector<std::string>> built_at_once(const Model& model, const Options& options,
                                                          std::shared_ptr<const Schema> schema) {
  std::vector<OwnRow> rows = model.list();
  Bulk bulk(schema, options);
  bulk.add(views(rows), system_executor());
  Timeline timeline(schema, options);
  auto parts = bulk.finish(system_executor());
  timeline.adopt(bulk.schema(), std::move(parts), Seq{});
  return everything(*timeline.version());
}

/// Rows of a kind in the log, for a column that is asked for late.
void fill(Timeline& timeline, const Model& model, const query::Property& property) {
  for (const char* stream : {"product_viewed", "order_completed"}) {
    auto backfill = timeline.add_column(stream, property);
    if (!backfill) continue;
    for (const OwnRow& row : model.list()) backfill->add(row.view());
    ASSERT_TRUE(timeline.install(*backfill, system_executor()));
  }
}

class Play {
 public:
  explicit Play(uint64_t seed) : made_(seed), schema_(small_schema()) {
    options_.leave_out = 4;
    options_.fold_events = 40;
    options_.canonical = [this](CustomerId id) { return CustomerId{model_.home(id.value)}; };
    timeline_ = std::make_unique<Timeline>(schema_, options_);
  }

  void step() {
    switch (made_.random().below(12)) {
      case 0: return remove();
      case 1: return merge();
      case 2: return unmerge();
      case 3: return erase();
      case 4: ASSERT_TRUE(timeline_->fold(system_executor(), Timeline::FoldWhich::all)); return;
      case 5: ASSERT_TRUE(timeline_->fold(system_executor())); return;
      default: return append();
    }
  }

  void compare() {
    auto version = timeline_->version();
    ASSERT_EQ(heads(*version), model_.heads());
    ASSERT_EQ(everything(*version), built_at_once(model_, options_, schema_));
  }
  void compare_with_column() {
    query::Property colour{"colour"};
    colour.declared = false;
    for (const query::Property& property : {colour, query::Property{"url", query::PropertyType::text, true}}) {
      fill(*timeline_, model_, property);
      // Asked for before any row came, it is the same column.
      auto early = std::make_shared<Schema>(*schema_);
      for (const char* stream : {"product_viewed", "order_completed"}) {
        KindIndex kind = *early->find_stream(stream);
        early->set_fill(kind, early->ensure_column(kind, property), Fill::ready);
      }
      schema_ = early;
      append();
      ASSERT_EQ(everything(*timeline_->version()), built_at_once(model_, options_, schema_));
    }
  }

 private:
  void append() {
    std::vector<OwnRow> rows;
    for (uint64_t n = made_.random().below(40); n > 0; --n) {
      rows.push_back(made_.next());
      if (made_.random().chance(0.05)) rows.back().flags = 4;
      model_.rows[rows.back().seq] = rows.back();
    }
    // A few that were there before, and all of them in no order.
    for (const OwnRow& row : model_.list())
      if (made_.random().chance(0.05)) rows.push_back(row);
    for (size_t i = rows.size(); i > 1; --i) std::swap(rows[i - 1], rows[made_.random().below(i)]);
    Seq last{model_.rows.empty() ? 0 : model_.rows.rbegin()->first};
    ASSERT_TRUE(timeline_->apply(views(rows), last, made_.random().chance(0.5) ? &system_executor() : nullptr));
    ASSERT_EQ(timeline_->version()->last(), std::max(last, timeline_->version()->last()));
  }
  void remove() {
    std::vector<SeqRange> ranges;
    for (int i = 0; i < 3 && !model_.rows.empty(); ++i) {
      int64_t from = 1 + static_cast<int64_t>(made_.random().below(static_cast<uint64_t>(model_.rows.rbegin()->first)));
      int64_t to = from + static_cast<int64_t>(made_.random().below(20));
      ranges.push_back({{from}, {to}});
      model_.rows.erase(model_.rows.lower_bound(from), model_.rows.upper_bound(to));
    }
    ASSERT_TRUE(timeline_->remove_rows(ranges, system_executor()));
  }
  /// Everybody who was at `from` goes to the home of `to`.
  void merge() {
    int64_t from = 1 + static_cast<int64_t>(made_.random().below(12));
    int64_t to = model_.home(1 + static_cast<int64_t>(made_.random().below(12)));
    for (int64_t id = 1; id <= 12; ++id)
      if (model_.home(id) == from && from != to) model_.aliases[id] = to;
    ASSERT_TRUE(timeline_->rehome(std::vector<CustomerId>{{from}}));
  }
  void unmerge() {
    if (model_.aliases.empty()) return;
    int64_t id = model_.aliases.begin()->first, with = model_.aliases.begin()->second;
    model_.aliases.erase(id);
    if (made_.random().chance(0.5)) {
      ASSERT_TRUE(timeline_->rehome(std::vector<CustomerId>{{with}}));
    } else {
      ASSERT_TRUE(timeline_->rehome_all(system_executor()));
    }
  }
  void erase() {
    int64_t id = 1 + static_cast<int64_t>(made_.random().below(12));
    std::erase_if(model_.rows, [&](const auto& row) { return model_.home(row.second.customer) == id; });
    ASSERT_TRUE(timeline_->remove_customers(std::vector<CustomerId>{{id}}));
  }

  RandomRows made_;
  Model model_;
  std::shared_ptr<const Schema> schema_;
  Options options_;
  std::unique_ptr<Timeline> timeline_;
};

class ModelOf : public testing::TestWithParam<uint64_t> {};

TEST_P(ModelOf, any_way_of_coming_gives_the_same_timeline) {
  Play play(GetParam());
  for (int i = 0; i < 30 && !testing::Test::HasFailure(); ++i) {
    play.step();
    if (i % 3 == 2) play.compare();
  }
  play.compare_with_column();
}
INSTANTIATE_TEST_SUITE_P(Seeds, ModelOf, testing::Range<uint64_t>(1, 17));

}  // namespace
}  // namespace cairn::timeline
