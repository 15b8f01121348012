#include "timeline/timeline.h"

#include <gtest/gtest.h>

#include <set>

#include "timeline/bulk.h"
#include "timeline/by_hand.h"
#include "timeline/part_builder.h"

namespace cairn::timeline {
namespace {

const Time kNoon{1'767'268'800'000'000};  // 2026-01-01T12:00:00Z

class TimelineTest : public testing::Test {
 protected:
  void add(std::string kind, Time at, std::string properties = "{}", int64_t customer = 1) {
    for (char& c : properties)
      if (c == '\'') c = '"';
    OwnRow row{++seq_, customer, std::move(kind), at, at, std::move(properties)};
    ASSERT_TRUE(timeline_.apply(views({row}), {seq_}));
  }
  /// The one row or entity of a customer, field by field.
  std::string field(size_t entity, std::string_view name, int64_t customer = 1) {
    auto version = timeline_.version();
    Place place = *version->find({customer});
    const query::Entity& of = version->schema().entities()[entity];
    auto at = static_cast<size_t>(of.find(name) - of.fields.data());
    const Column* column = place.part->entity(entity)->rows().column(at);
    uint32_t row = place.part->entity(entity)->rows().offsets().begin(place.customer);
    return column ? query::to_text(column->value(row, version->schema().reading().currency)) : "unknown";
  }
  query::Value attribute(std::string_view scope, std::string_view name, AsOf as_of) {
    auto version = timeline_.version();
    Place place = *version->find({1});
    return attribute_at(version->schema(), *place.part, *version->schema().find_attribute(scope, name), place.customer,
                        as_of);
  }
  size_t orders_ = *small_schema()->find_entity("orders");
  Timeline timeline_{small_schema(), {}};
  int64_t seq_ = 0;
};

TEST_F(TimelineTest, a_version_never_changes) {
  add("Order Completed", kNoon, "{'order_id': 1, 'total': 40}");
  auto old = timeline_.version();
  auto said = everything(*old);
  add("Order Completed", kNoon + hours(1), "{'order_id': 2, 'total': 10}");
  add("Order Refunded", kNoon - hours(9), "{'order_id': 1}");  // late: before what is there
  ASSERT_TRUE(timeline_.fold(system_executor(), Timeline::FoldWhich::all));
  ASSERT_TRUE(timeline_.remove_customers(std::vector<CustomerId>{{1}}));
  EXPECT_EQ(everything(*old), said);
  EXPECT_EQ(old->events(), 1u);
  EXPECT_EQ(timeline_.version()->events(), 0u);
  EXPECT_EQ(timeline_.version()->find({1}), std::nullopt);
}

TEST_F(TimelineTest, an_order_is_folded_from_all_that_tells_of_it) {
  add("Order Completed", kNoon, "{'order_id': 7, 'total': '40.00', 'status': 'Placed'}");
  EXPECT_EQ(field(orders_, "status"), "\"placed\"");
  EXPECT_EQ(field(orders_, "total"), "40 EUR");
  add("Order Paid", kNoon, "{'order_id': '7', 'payment_id': 'a', 'amount': 30}");
  add("Order Paid", kNoon, "{'order_id': '7', 'payment_id': 'b', 'amount': 8}");
  add("Order Paid", kNoon, "{'order_id': '7', 'payment_id': 'a', 'amount': 30}");
  EXPECT_EQ(field(orders_, "paid"), "38 EUR");
  EXPECT_EQ(field(orders_, "payments"), "2");
  add("Order Refunded", kNoon + hours(2), "{'order_id': 7, 'products': [{'price': 4, 'quantity': 2}]}");
  EXPECT_EQ(field(orders_, "total"), "30 EUR");
  add("Order Refunded", kNoon + hours(3), "{'order_id': 7, 'refund_id': 'all'}");
  EXPECT_EQ(field(orders_, "status"), "\"refunded\"");
  EXPECT_EQ(field(orders_, "total"), "0 EUR");
}

TEST_F(TimelineTest, an_entity_stands_as_it_stood) {
  add("Order Completed", kNoon, "{'order_id': 7, 'total': 40}");
  add("Order Delivered", kNoon + hours(5), "{'order_id': 7}");
  auto version = timeline_.version();
  Place place = *version->find({1});
  const EntityStream& now = *place.part->entity(orders_);
  EXPECT_EQ(now.begins_at()[0], kNoon.micros);
  EXPECT_EQ(now.changed_at()[0], (kNoon + hours(5)).micros);
  auto status = static_cast<size_t>(version->schema().entities()[orders_].find("status") -
                                    version->schema().entities()[orders_].fields.data());
  auto then = refold(version->schema(), *place.part, orders_, place.customer, {kNoon + hours(4)});
  ASSERT_TRUE(then);
  EXPECT_EQ(then->rows().column(status)->text(0), "placed");
  EXPECT_EQ(refold(version->schema(), *place.part, orders_, place.customer, {kNoon - hours(1)}), nullptr);
}

TEST_F(TimelineTest, attributes_have_a_history) {
  add("Customer Updated", kNoon, "{'country': 'FR', 'birthday': '1990-03-02'}");
  add("Customer Updated", kNoon + hours(2), "{'country': 'BE'}");
  add("Customer Updated", kNoon + hours(1), "{'country': 'DE'}");
  EXPECT_EQ(attribute("customer", "country", {kNoon - hours(1)}), query::Value());
  EXPECT_EQ(attribute("customer", "country", {kNoon}), query::Value("FR"));
  EXPECT_EQ(attribute("customer", "country", {kNoon + minutes(90)}), query::Value("DE"));
  EXPECT_EQ(attribute("customer", "country", {kNoon + hours(2)}), query::Value("BE"));
  EXPECT_EQ(attribute("customer", "first_seen_at", {kNoon + hours(2)}), query::Value(kNoon));
  EXPECT_EQ(attribute("customer", "last_seen_at", {kNoon + minutes(90)}), query::Value(kNoon + hours(1)));
  auto version = timeline_.version();
  Place place = *version->find({1});
  const AttributeColumn* country = place.part->attribute(*version->schema().find_attribute("customer", "country"));
  EXPECT_EQ(country->now->text(place.customer), "BE");
  EXPECT_EQ(country->settled->at[place.customer], (kNoon + hours(2)).micros);
}

TEST_F(TimelineTest, customers_come_in_the_order_of_their_ids) {
  std::vector<OwnRow> rows;
  for (int64_t id = 1; id <= 2000; ++id) rows.push_back({++seq_, id * 37, "Product Viewed", kNoon, kNoon});
  ASSERT_TRUE(timeline_.apply(views(rows), {seq_}, &system_executor()));
  ASSERT_TRUE(timeline_.fold(system_executor(), Timeline::FoldWhich::all));
  for (int64_t id = 5; id < 200'000; id += 997) add("Product Viewed", kNoon, "{}", id);
  ASSERT_TRUE(timeline_.remove_customers(std::vector<CustomerId>{{37}, {74}}));
  auto version = timeline_.version();
  uint64_t seen = 0;
  for (int s = 0; s < kShards; ++s) {
    CustomerId last{INT64_MIN};
    for (const timeline::Run& run : version->shard(s).runs())
      for (uint32_t c = run.first; c < run.last; ++c, ++seen) {
        EXPECT_LT(last, run.part->customer(c));
        last = run.part->customer(c);
        EXPECT_EQ(version->find(last)->part, run.part);
      }
  }
  EXPECT_EQ(seen, version->customers());
  EXPECT_EQ(version->find({74}), std::nullopt);
}

TEST_F(TimelineTest, everybody_is_found_however_ids_are_spread) {
  // Ids are random numbers; those of other makers may be in a row, or far apart.
  std::vector<int64_t> ids = {1, 2, 3, INT64_MAX - 1};
  for (int64_t i = 0; i < 3000; ++i) ids.push_back(1'000'000 + i);
  for (int64_t i = 1; i < 60; ++i) ids.push_back((int64_t{1} << i) + 17);
  for (uint64_t i = 0; i < 3000; ++i) ids.push_back(static_cast<int64_t>(mix(i) >> 1));
  std::vector<OwnRow> rows;
  for (int64_t id : ids) rows.push_back({++seq_, id, "Product Viewed", kNoon, kNoon});
  ASSERT_TRUE(timeline_.apply(views(rows), {seq_}));
  auto version = timeline_.version();
  std::set<int64_t> there(ids.begin(), ids.end());
  for (int64_t id : there)
    for (int64_t asked : {id - 1, id, id + 1})
      EXPECT_EQ(version->find({asked}).has_value(), there.contains(asked)) << asked;
}

TEST_F(TimelineTest, who_is_removed_while_a_shard_is_folded_does_not_come_back) {
  constexpr int kShard = 5;
  std::vector<CustomerId> people;
  for (int64_t id = 1; people.size() < 20; ++id)
    if (shard_of({id}) == kShard) people.push_back({id});
  auto put = [&](size_t from) {
    std::vector<OwnRow> rows;
    for (size_t i = from; i < people.size(); ++i)
      rows.push_back({++seq_, people[i].value, "Product Viewed", kNoon + hours(seq_), kNoon + hours(seq_)});
    ASSERT_TRUE(timeline_.apply(views(rows), {seq_}));
  };
  auto parts = [&] { return timeline_.version()->shard(kShard).parts(); };
  auto merged = [&] { return merge(timeline_.version()->schema(), kShard, parts()).value(); };
  auto remove = [&](CustomerId id) { ASSERT_TRUE(timeline_.remove_customers(std::vector<CustomerId>{id})); };
  put(0);
  put(0);
  // What came since stands on the new base, and who is gone by it stays so.
  auto folded = parts();
  auto base = merged();
  remove(people[1]);
  EXPECT_TRUE(timeline_.put_base(kShard, folded, base));
  ASSERT_EQ(parts().size(), 2u);
  EXPECT_FALSE(timeline_.version()->find(people[1]));
  // Everything became one part meanwhile: it does not tell of those who are gone, whom the new base still has.
  put(3);
  folded = parts();
  base = merged();
  remove(people[2]);
  for (int i = 0; parts().front() == folded.front(); ++i, put(3)) ASSERT_LT(i, 20);
  EXPECT_FALSE(timeline_.put_base(kShard, folded, base));
  EXPECT_FALSE(timeline_.version()->find(people[2]));
}

TEST_F(TimelineTest, who_moves_to_another_shard_leaves_its_dictionary_behind) {
  // An erasure clears the dictionaries of the shards that it touches, and of no other.
  int64_t here = 1, there = 2;
  while (shard_of({there}) == shard_of({here})) ++there;
  bool is_merged = false;
  Options options;
  options.canonical = [&](CustomerId id) { return is_merged && id.value == here ? CustomerId{there} : id; };
  Timeline timeline(small_schema(), options);
  std::vector<OwnRow> rows;
  for (int64_t i = 0; i < 9; ++i)
    rows.push_back(
        {i + 1, i == 8 ? there : here, "Product Viewed", kNoon, kNoon, fmt::format(R"({{"sku":"s{}"}})", i)});
  ASSERT_TRUE(timeline.apply(views(rows), {9}));
  auto words = [&](int64_t id) {
    auto version = timeline.version();
    Place place = *version->find({id});
    auto kind = *version->schema().find_kind("Product Viewed");
    return place.part->stream(kind)->column(*version->schema().kinds()[kind].find("sku"))->dictionary();
  };
  Texts before = words(here);
  rows = {{10, here, "Product Viewed", kNoon + hours(1), kNoon + hours(1), R"({"sku":"s3"})"}};
  ASSERT_TRUE(timeline.apply(views(rows), {10}));
  EXPECT_TRUE(words(here).is_same(before)) << "a shard shares them";
  is_merged = true;
  ASSERT_TRUE(timeline.rehome(std::vector<CustomerId>{{here}}));
  EXPECT_EQ(words(there).size(), 9u);
  EXPECT_FALSE(words(there).is_same(before));
  is_merged = false;
  ASSERT_TRUE(timeline.rehome(std::vector<CustomerId>{{there}}));
  EXPECT_EQ(words(there).size(), 1u) << "of who went back nothing stays where they were";
  EXPECT_EQ(words(here).size(), 8u);
}

TEST_F(TimelineTest, a_pressing_fold_leaves_dictionaries_and_another_clears_them) {
  Options options;
  options.fold_events = 1;
  Timeline timeline(small_schema(), options);
  int64_t other = 2;
  while (shard_of(CustomerId{other}) != shard_of(CustomerId{1})) ++other;
  auto put = [&](int64_t seq, int64_t id, const char* sku) {
    std::vector<OwnRow> rows = {{seq, id, "Product Viewed", kNoon, kNoon, fmt::format(R"({{"sku":"{}"}})", sku)}};
    ASSERT_TRUE(timeline.apply(views(rows), {seq}));
  };
  auto words = [&] {
    auto version = timeline.version();
    const auto& parts = version->shard(shard_of(CustomerId{1})).parts();
    EXPECT_EQ(parts.size(), 1u);
    auto kind = *version->schema().find_kind("Product Viewed");
    return parts.front()->stream(kind)->column(*version->schema().kinds()[kind].find("sku"))->dictionary().size();
  };
  put(1, 1, "a");
  put(2, other, "b");
  ASSERT_TRUE(timeline.fold(system_executor(), Timeline::FoldWhich::all));
  EXPECT_EQ(words(), 2u);
  ASSERT_TRUE(timeline.remove_customers(std::vector<CustomerId>{{other}}));
  put(3, 1, "a");
  ASSERT_TRUE(timeline.fold(system_executor(), Timeline::FoldWhich::pressing));
  EXPECT_EQ(words(), 2u);
  put(4, 1, "a");
  ASSERT_TRUE(timeline.fold_shards(system_executor(), std::vector<int>{shard_of(CustomerId{1})}).has_value());
  EXPECT_EQ(words(), 1u);
}

TEST_F(TimelineTest, folding_waits_for_enough) {
  Options options;
  options.fold_events = 20;
  Timeline timeline(small_schema(), options);
  auto put = [&](int from, int to) {
    std::vector<OwnRow> rows;
    for (int i = from; i < to; ++i) rows.push_back({i + 1, 1, "Product Viewed", kNoon + hours(i), kNoon + hours(i)});
    CHECK(timeline.apply(views(rows), {to}));
  };
  put(0, 100);
  EXPECT_FALSE(timeline.wants_fold());
  EXPECT_EQ(*timeline.fold(system_executor()), 0);
  EXPECT_EQ(timeline.version()->shard(shard_of(CustomerId{1})).parts().size(), 1u);
}

TEST_F(TimelineTest, personal_texts_rest_until_they_are_asked_for) {
  add("Product Viewed", kNoon, "{'url': 'https://a', 'sku': 'x'}");
  auto url = [&] {
    auto version = timeline_.version();
    KindIndex kind = *version->schema().find_stream("product_viewed");
    ColumnIndex column = *version->schema().kinds()[kind].find("url");
    const Column* found = version->find({1})->part->stream(kind)->column(column);
    return std::pair(version->schema().kinds()[kind].columns[column].fill, found ? found->text(0) : "");
  };
  EXPECT_EQ(url(), std::pair(Fill::absent, std::string_view()));
  auto backfill = timeline_.add_column("product_viewed", {"url", query::PropertyType::text, true});
  ASSERT_TRUE(backfill);
  EXPECT_EQ(url().first, Fill::asked);
  OwnRow row{1, 1, "Product Viewed", kNoon, kNoon, R"({"url": "https://a"})"};
  backfill->add(row.view());
  ASSERT_TRUE(timeline_.install(*backfill, system_executor()));
  EXPECT_EQ(url(), std::pair(Fill::ready, std::string_view("https://a")));
}

TEST_F(TimelineTest, figures_account_for_every_column) {
  for (int i = 0; i < 50; ++i)
    add("Order Completed", kNoon + hours(i), fmt::format("{{'order_id': {}, 'total': {}}}", i, i));
  Figures figures = timeline::figures(*timeline_.version());
  EXPECT_EQ(figures.events, 50u);
  EXPECT_EQ(figures.customers, 1u);
  uint64_t sum = 0;
  std::set<std::string> names;
  for (const ColumnFigure& column : figures.columns) {
    sum += column.memory_bytes;
    names.insert(column.owner + "." + column.column);
  }
  EXPECT_EQ(sum, figures.memory_bytes);
  EXPECT_EQ(figures.mapped_bytes, 0u);
  for (const char* name : {"order_completed.total", "order_completed.[seq]", "[order].[kind]", "orders.status"})
    EXPECT_TRUE(names.contains(name)) << name;
}

}  // namespace
}  // namespace cairn::timeline
