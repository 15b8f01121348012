// The timeline's columns, entities and attributes say of random rows what the judge says, now and as of every moment.
#include <gtest/gtest.h>

#include <cmath>

#include "base/text.h"
#include "events/kinds.h"
#include "judge/judge.h"
#include "judge/sample.h"
#include "timeline/bulk.h"
#include "timeline/by_hand.h"

namespace cairn::judge {
namespace {

using timeline::AsOf;
using timeline::Column;
using timeline::Part;
using timeline::Place;

class TimelineOf : public testing::TestWithParam<uint64_t> {
 protected:
  void SetUp() override {
    brand_ = sample_brand();
    catalogue_ = *brand_.catalogue;
    query::Property colour{"colour"};
    colour.declared = false;
    catalogue_.put("Product Viewed", colour);
    catalogue_.put("Order Completed", colour);
    brand_.catalogue = &catalogue_;
    auto schema = std::make_shared<timeline::Schema>(catalogue_, timeline::Reading{brand_.currency, brand_.zone});
    for (size_t k = 0; k < schema->kinds().size(); ++k)
      for (size_t c = 0; c < schema->kinds()[k].columns.size(); ++c)
        schema->set_fill(static_cast<timeline::KindIndex>(k), static_cast<timeline::ColumnIndex>(c),
                         timeline::Fill::ready);
    timeline_ = std::make_unique<timeline::Timeline>(schema, timeline::Options{});
    timeline::RandomRows made(GetParam(), 6);
    for (int i = 0; i < 300; ++i) add(made.next());
    for (size_t i = 0; i < own_.size(); i += 60) {
      std::vector<timeline::OwnRow> some(own_.begin() + static_cast<ptrdiff_t>(i),
                                         own_.begin() + static_cast<ptrdiff_t>(i + 60));
      ASSERT_TRUE(timeline_->apply(timeline::views(some), Seq{some.back().seq}));
    }
    version_ = timeline_->version();
  }
  void add(timeline::OwnRow own) {
    auto properties = json::parse_object(own.properties);
    CHECK(properties, "{}", own.properties);
    rows_[own.customer].push_back({Seq{own.seq}, CustomerId{own.customer}, to_snake(own.kind), own.at, own.known_at,
                                   own.source, own.precedence, *properties});
    own_.push_back(std::move(own));
  }
  const timeline::Schema& schema() const { return version_->schema(); }

  Value value(const Column* column, uint32_t row, int item = -1) const {
    return column ? column->value(row, brand_.currency, item) : Value();
  }
  void expect(const Value& ours, const Value& theirs, const std::string& what) const {
    EXPECT_EQ(ours, theirs) << what << ": " << query::to_text(ours) << ", the judge: " << query::to_text(theirs);
  }
  void compare_row(const Row& row, const Place& place) const;
  void compare_entities(size_t entity, const std::vector<Row>& rows, const Place& place, AsOf as_of) const;
  void compare_thing(const query::Entity& entity, const Thing& thing, const timeline::Stream& stream,
                     uint32_t row) const;

  Brand brand_;
  query::Catalogue catalogue_;
  std::vector<timeline::OwnRow> own_;
  std::map<int64_t, std::vector<Row>> rows_;
  std::unique_ptr<timeline::Timeline> timeline_;
  std::shared_ptr<const timeline::Version> version_;
};

void TimelineOf::compare_row(const Row& row, const Place& place) const {
  auto kind = schema().find_stream(row.stream);
  ASSERT_TRUE(kind);
  const timeline::Stream& stream = *place.part->stream(*kind);
  uint32_t at = stream.offsets().begin(place.customer);
  while (at < stream.offsets().end(place.customer) && stream.seq()[at] != row.seq.value) ++at;
  ASSERT_LT(at, stream.offsets().end(place.customer));
  EXPECT_EQ(stream.occurred_at()[at], row.occurred_at.micros);
  EXPECT_EQ(stream.known_at(at), row.known_at.micros);
  const auto& columns = schema().kinds()[*kind].columns;
  for (size_t c = 0; c < columns.size(); ++c) {
    const query::Property& property = columns[c].property;
    if (property.name[0] == '\x01') continue;
    expect(value(stream.column(c), at), read(row, property.name, "", brand_), row.stream + "." + property.name);
    for (size_t i = 0; i < property.items.size(); ++i)
      expect(value(stream.column(c), at, static_cast<int>(i)), read(row, property.name, property.items[i].name, brand_),
             row.stream + "." + property.name + "." + property.items[i].name);
  }
}

void TimelineOf::compare_thing(const query::Entity& entity, const Thing& thing, const timeline::Stream& stream,
                               uint32_t row) const {
  EXPECT_EQ(stream.occurred_at()[row], thing.time.micros);
  EXPECT_EQ(stream.seq()[row], thing.seq.value);
  for (size_t f = 0; f < entity.fields.size(); ++f) {
    const query::Field& field = entity.fields[f];
    std::string name = fmt::format("{}.{} of {}", entity.name, field.name, thing.seq.value);
    expect(value(stream.column(f), row), field_of(thing, entity, field, brand_), name);
    const timeline::Lists* lists = stream.column(f) ? stream.column(f)->lists() : nullptr;
    for (size_t i = 0; lists && i < lists->items.size(); ++i)
      expect(value(stream.column(f), row, static_cast<int>(i)),
             field_of(thing, entity, field, brand_, lists->items[i].first), name + "." + lists->items[i].first);
  }
}

void TimelineOf::compare_entities(size_t index, const std::vector<Row>& rows, const Place& place, AsOf as_of) const {
  const query::Entity& entity = schema().entities()[index];
  std::vector<const Row*> visible;
  for (const Row& row : rows)
    if (row.occurred_at <= as_of.t && (!as_of.as_known || row.known_at <= as_of.t)) visible.push_back(&row);
  std::sort(visible.begin(), visible.end(), [](const Row* a, const Row* b) {
    return std::pair(a->occurred_at, a->seq) < std::pair(b->occurred_at, b->seq);
  });
  std::vector<Thing> things = fold(entity, visible, brand_);
  const timeline::EntityStream* stored = place.part->entity(index);
  uint32_t begin = stored ? stored->rows().offsets().begin(place.customer) : 0;
  uint32_t end = stored ? stored->rows().offsets().end(place.customer) : 0;
  // What the header promises: as stored, or not there, or folded anew.
  bool anew = false;
  std::vector<uint32_t> there;
  for (uint32_t row = begin; row < end; ++row) {
    if (stored->begins_at()[row] > as_of.t.micros) continue;
    bool settled =
        stored->changed_at()[row] <= as_of.t.micros && (!as_of.as_known || stored->known_by()[row] <= as_of.t.micros);
    anew = anew || !settled;
    there.push_back(row);
  }
  if (!anew) {
    ASSERT_EQ(there.size(), things.size()) << entity.name;
    for (size_t i = 0; i < there.size(); ++i) compare_thing(entity, things[i], stored->rows(), there[i]);
  }
  auto folded = timeline::refold(schema(), *place.part, index, place.customer, as_of);
  ASSERT_EQ(folded ? folded->rows().rows() : 0, things.size()) << entity.name;
  for (uint32_t i = 0; i < things.size(); ++i) compare_thing(entity, things[i], folded->rows(), i);
}

TEST_P(TimelineOf, says_what_the_judge_says) {
  std::vector<std::pair<std::string, query::Checked>> attributes;
  for (const query::Attribute& a : schema().attributes())
    attributes.emplace_back(a.scope + "." + a.name, ask(a.scope + "." + a.name, brand_));
  Random random(GetParam());
  for (const auto& [customer, rows] : rows_) {
    Place place = *version_->find({customer});
    for (const Row& row : rows) compare_row(row, place);
    for (int i = 0; i < 12; ++i) {
      // At a row's own moment, just before it, or after everything.
      Time t = i == 0 ? rows[0].occurred_at + days(400) : rows[random.below(rows.size())].occurred_at;
      AsOf as_of{random.chance(0.3) ? t - microseconds(1) : t, random.chance(0.5)};
      for (size_t e = 0; e < schema().entities().size(); ++e) compare_entities(e, rows, place, as_of);
      for (size_t a = 0; a < attributes.size(); ++a) {
        Value theirs = evaluate(attributes[a].second, rows, brand_, Look{as_of.t, as_of.as_known}).value;
        expect(timeline::attribute_at(schema(), *place.part, a, place.customer, as_of), theirs, attributes[a].first);
        const timeline::AttributeColumn* column = place.part->attribute(a);
        bool settled = column && column->settled->at[place.customer] <= as_of.t.micros &&
                       (!as_of.as_known || column->settled->known_by[place.customer] <= as_of.t.micros);
        if (settled) expect(value(column->now.get(), place.customer), theirs, attributes[a].first + " now");
      }
    }
    if (HasFailure()) break;
  }
}
INSTANTIATE_TEST_SUITE_P(Seeds, TimelineOf, testing::Range<uint64_t>(1, 31));

}  // namespace
}  // namespace cairn::judge
