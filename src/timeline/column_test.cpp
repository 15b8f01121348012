#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/random.h"
#include "timeline/column_builder.h"

namespace cairn::timeline {
namespace {

using query::PropertyType;

TEST(Integers, take_as_few_bytes_as_the_range_needs) {
  struct Case {
    std::vector<int64_t> values;
    int width;
  };
  const int64_t t = 1'700'000'000'000'000;
  for (const Case& c : std::vector<Case>{{{}, 0},
                                         {{7, 7, 7}, 0},
                                         {{-3, 250}, 1},
                                         {{1000, 1001, 65'000}, 2},
                                         {{0, 1, 65'001}, 2},
                                         {{0, 100'000, 7}, 4},
                                         {{0, 1'000'000, 2'000'000}, 1},           // steps of a million
                                         {{t, t + 5'000'000'000'000}, 1},          // one step
                                         {{t, t + 1, t + (int64_t{1} << 39)}, 5},  // microseconds, six days
                                         {{t, t + 1, t + (int64_t{1} << 47)}, 6},  // four years
                                         {{t, t + 1000, t + (int64_t{1000} << 35)}, 5},
                                         {{INT64_MIN, 0, INT64_MAX}, 8}}) {
    Integers packed = Integers::pack(c.values);
    EXPECT_EQ(packed.packing().width, c.width) << testing::PrintToString(c.values);
    std::vector<int64_t> read(c.values.size());
    packed.read(0, read.size(), read.data());
    EXPECT_EQ(read, c.values);
    for (size_t i = 0; i < c.values.size(); ++i) EXPECT_EQ(packed[i], c.values[i]);
    if (c.values.empty()) continue;
    EXPECT_EQ(packed.min(), *std::min_element(c.values.begin(), c.values.end()));
    EXPECT_EQ(packed.max(), *std::max_element(c.values.begin(), c.values.end()));
  }
}

TEST(Bits, count_what_is_before) {
  Random random(1);
  for (size_t size : {size_t{0}, size_t{1}, size_t{63}, size_t{64}, size_t{256}, size_t{257}, size_t{1000}}) {
    std::vector<bool> bits(size);
    for (size_t i = 0; i < size; ++i) bits[i] = random.chance(0.4);
    Bits packed(bits);
    uint32_t before = 0;
    for (size_t i = 0; i < size; ++i) {
      EXPECT_EQ(packed.rank(i), before) << i << " of " << size;
      EXPECT_EQ(packed[i], bits[i]);
      before += bits[i];
    }
    EXPECT_EQ(packed.ones(), before);
    std::vector<size_t> seen, expected;
    size_t first = size / 3, last = size - size / 5;
    packed.each(first, last, [&](size_t i) { seen.push_back(i); });
    for (size_t i = first; i < last; ++i)
      if (bits[i]) expected.push_back(i);
    EXPECT_EQ(seen, expected);
  }
}

query::Value random_value(Random& random, PropertyType type, bool declared) {
  if (!declared) {
    if (random.chance(0.3)) return random.chance(0.5);
    return random.chance(0.5) ? query::Value(static_cast<double>(random.below(9))) : query::Value("w");
  }
  switch (type) {
    case PropertyType::text: return "t" + std::to_string(random.below(5000));
    case PropertyType::number: return random.chance(0.5) ? 0.5 : static_cast<double>(random.below(100));
    case PropertyType::boolean: return random.chance(0.5);
    case PropertyType::integer: return static_cast<double>(random.between(-5000, 5000));
    case PropertyType::money: return Money{random.between(0, 1 << 20), Currency::parse("EUR").value()};
    default: return Time{random.between(0, int64_t{1} << 45)};
  }
}

void add(ColumnBuilder& to, const query::Value& value, PropertyType type) {
  if (!value.is_known()) to.add_unknown();
  else if (auto truth = value.get<bool>()) to.add_truth(*truth);
  else if (auto text = value.get<std::string>()) to.add_text(*text);
  else if (auto money = value.get<Money>()) to.add_integer(money->minor);
  else if (auto time = value.get<Time>()) to.add_integer(time->micros);
  else if (type == PropertyType::integer) to.add_integer(static_cast<int64_t>(value.as<double>()));
  else to.add_number(value.as<double>());
}

struct Shape {
  PropertyType type;
  bool declared;
  double known;
};

class ColumnOf : public testing::TestWithParam<Shape> {};

TEST_P(ColumnOf, gives_back_what_was_put_in) {
  auto [type, declared, known] = GetParam();
  Random random(static_cast<uint64_t>(known * 1000) + static_cast<uint64_t>(type));
  Currency eur = Currency::parse("EUR").value();
  for (uint32_t rows : {1u, 70u, 3000u}) {
    std::vector<query::Value> values;
    ColumnBuilder builder(type, declared);
    for (uint32_t i = 0; i < rows; ++i) {
      values.push_back(random.chance(known) ? random_value(random, type, declared) : query::Value());
      add(builder, values.back(), type);
    }
    auto column = builder.finish();
    auto expect = [&](const Column& c, uint32_t row, const query::Value& value) {
      EXPECT_EQ(c.value(row, eur), value) << row << " of " << rows;
      EXPECT_EQ(c.is_known(row), value.is_known());
    };
    if (!column) continue;
    for (uint32_t i = 0; i < rows; ++i) expect(*column, i, values[i]);

    // Copied in runs and one by one, from two sources and one that knows nothing, the same again.
    ColumnBuilder second(type, declared);
    second.append(*column, rows / 3, rows - rows / 3);
    auto part = second.finish();
    Selection selection;
    for (uint32_t i = rows; i-- > 0;) {
      selection.add(0, i, 1);
      if (i == rows / 2) selection.add(2, 0, rows - rows / 3);
      if (i % 7 == 0) selection.add(1, 5, 2);
    }
    query::Property property;
    property.type = type;
    property.declared = declared;
    for (Words words : {Words::shared, Words::own}) {
      auto copy = ColumnBuilder::gather(property, selection, {column.get(), nullptr, part.get()}, words);
      ASSERT_NE(copy, nullptr);
      ASSERT_EQ(copy->rows(), selection.rows());
      selection.each([&](uint32_t source, const Taken& t) {
        for (uint32_t i = 0; i < t.count; ++i) {
          uint32_t from = t.from + i + (source == 2 ? rows / 3 : 0);
          expect(*copy, t.to + i, source == 1 ? query::Value() : values[from]);
        }
      });
    }

    // Blocks say what single rows say.
    uint32_t first = rows / 4, count = rows - first;
    std::vector<uint8_t> is_known(count);
    column->read_known(first, count, is_known.data());
    std::vector<double> numbers(count);
    std::vector<int64_t> integers(count);
    std::vector<uint32_t> codes(count);
    if (column->coding() == Coding::codes) column->read(first, count, codes.data());
    if (column->coding() == Coding::doubles) column->read(first, count, numbers.data());
    if (column->coding() == Coding::integers) column->read(first, count, integers.data());
    for (uint32_t i = 0; i < count; ++i) {
      EXPECT_EQ(is_known[i], column->is_known(first + i));
      EXPECT_EQ(codes[i], column->code(first + i));
      EXPECT_EQ(numbers[i], column->coding() == Coding::doubles ? column->number(first + i) : 0);
      EXPECT_EQ(integers[i], column->coding() == Coding::integers ? column->integer(first + i) : 0);
    }
  }
}

std::vector<Shape> shapes() {
  std::vector<Shape> out;
  for (PropertyType type : {PropertyType::text, PropertyType::number, PropertyType::boolean, PropertyType::integer,
                            PropertyType::money, PropertyType::time})
    for (double known : {1.0, 0.999, 0.5, 0.01}) out.push_back({type, true, known});
  for (double known : {1.0, 0.5}) out.push_back({PropertyType::text, false, known});
  return out;
}
INSTANTIATE_TEST_SUITE_P(Types, ColumnOf, testing::ValuesIn(shapes()));

TEST(Column, text_that_repeats_has_a_sorted_dictionary) {
  ColumnBuilder builder(PropertyType::text);
  for (int i = 0; i < 5000; ++i) builder.add_text(i % 3 == 0 ? "web" : i % 3 == 1 ? "app" : "store");
  auto column = builder.finish();
  ASSERT_EQ(column->coding(), Coding::codes);
  EXPECT_EQ(column->find_code("app"), 0u);
  EXPECT_EQ(column->find_code("store"), 1u);
  EXPECT_EQ(column->find_code("phone"), std::nullopt);
  EXPECT_EQ(column->codes_before("phone"), 1u);
  EXPECT_LT(column->bytes(), 5200u);
}

TEST(Column, text_that_differs_every_time_has_none) {
  ColumnBuilder builder(PropertyType::text);
  for (int i = 0; i < 5000; ++i) builder.add_text("order-" + std::to_string(i));
  auto column = builder.finish();
  ASSERT_EQ(column->coding(), Coding::texts);
  EXPECT_EQ(column->text(4321), "order-4321");
}

TEST(Column, text_that_repeats_only_among_many_has_a_dictionary_once_they_are) {
  // 5,000 products, each seen once before any is seen again.
  auto product = [](uint32_t i) { return "p" + std::to_string(i % 5000); };
  auto of = [&](uint32_t from, uint32_t to) {
    ColumnBuilder builder(PropertyType::text);
    for (uint32_t i = from; i < to; ++i) builder.add_text(product(i));
    return builder.finish();
  };
  EXPECT_EQ(of(0, 4095)->coding(), Coding::texts) << "decided at 2,048, asked again at twice as many";
  EXPECT_EQ(of(0, 9000)->coding(), Coding::texts);
  EXPECT_EQ(of(0, 12'000)->coding(), Coding::codes);

  auto base = of(0, 8000), first = of(8000, 8190), second = of(8190, 12'000);
  query::Property property{"product_id", PropertyType::text};
  for (Words words : {Words::shared, Words::own}) {
    Selection some, more;
    some.add(0, 0, base->rows());
    some.add(1, 0, first->rows());
    auto still = ColumnBuilder::gather(property, some, {base.get(), first.get()}, words);
    EXPECT_EQ(still->coding(), Coding::texts) << "no power of two was passed";
    more.add(0, 0, still->rows());
    more.add(1, 0, second->rows());
    auto grown = ColumnBuilder::gather(property, more, {still.get(), second.get()}, words);
    ASSERT_EQ(grown->coding(), Coding::codes);
    ASSERT_EQ(grown->rows(), 12'000u);
    for (uint32_t row = 0; row < grown->rows(); ++row) ASSERT_EQ(grown->text(row), product(row));
  }
}

TEST(Column, a_dictionary_is_shared_by_what_is_made_of_it) {
  auto of = [](std::vector<std::string> texts, int times) {
    ColumnBuilder builder(PropertyType::text);
    for (int i = 0; i < times; ++i)
      for (const std::string& text : texts) builder.add_text(text);
    return builder.finish();
  };
  query::Property property{"channel", PropertyType::text};
  Selection some;
  some.add(0, 1, 2);  // "store", "web"
  some.add(1, 0, 1);
  auto base = of({"app", "store", "web"}, 100), known = of({"web"}, 1), other = of({"phone"}, 1);
  auto shared = ColumnBuilder::gather(property, some, {base.get(), known.get()}, Words::shared);
  EXPECT_TRUE(shared->dictionary().is_same(base->dictionary()));
  EXPECT_EQ(shared->text(0), "store");
  EXPECT_EQ(shared->text(2), "web");
  // A text that it lacks is no reason to change what others read.
  auto grown = ColumnBuilder::gather(property, some, {base.get(), other.get()}, Words::shared);
  EXPECT_EQ(grown->dictionary().size(), 3u) << "phone, store, web";
  EXPECT_EQ(grown->text(2), "phone");
  // Of what is let go nothing stays.
  auto own = ColumnBuilder::gather(property, some, {shared.get(), base.get()}, Words::own);
  EXPECT_EQ(own->dictionary().size(), 2u) << "app, web: of one dictionary, each once";
  Selection one;
  one.add(0, 2, 1);
  EXPECT_EQ(ColumnBuilder::gather(property, one, {shared.get()}, Words::own)->dictionary().size(), 1u);
}

TEST(Column, what_is_absent_costs_about_a_bit) {
  ColumnBuilder builder(PropertyType::money);
  for (int i = 0; i < 100'000; ++i) {
    if (i % 100 == 0) builder.add_integer(i * 7919);
    else builder.add_unknown();
  }
  auto column = builder.finish();
  EXPECT_LT(column->bytes(), 1000 * 4 + 100'000 / 8 * 9 / 8 + 100);
  ColumnBuilder nothing(PropertyType::money);
  nothing.add_unknown(1000);
  EXPECT_EQ(nothing.finish(), nullptr);
}

TEST(Column, numbers_are_never_odd) {
  ColumnBuilder builder(PropertyType::number);
  builder.add_number(-0.0);
  builder.add_number(std::numeric_limits<double>::quiet_NaN());
  builder.add_number(std::numeric_limits<double>::infinity());
  builder.add_number(0.5);
  auto column = builder.finish();
  EXPECT_FALSE(std::signbit(column->number(0)));
  EXPECT_FALSE(column->is_known(1));
  EXPECT_FALSE(column->is_known(2));
  EXPECT_EQ(column->number(3), 0.5);
}

}  // namespace
}  // namespace cairn::timeline
