#include "query/words.h"

#include <gtest/gtest.h>

#include "query/catalogue.h"
#include "query/checker.h"
#include "query/overload.h"
#include "query/parser.h"

namespace cairn::query {
namespace {

TEST(Words, EachIsInTheTableOnce) {
  std::set<Word> seen;
  for (const WordInfo& w : all_words()) {
    EXPECT_TRUE(seen.insert(w.word).second) << w.name;
    EXPECT_EQ(info(w.word).form, w.form);
    EXPECT_FALSE(w.doc.empty()) << w.name;
  }
  for (int i = 1; i <= static_cast<int>(Word::transitions); ++i)
    EXPECT_TRUE(seen.contains(static_cast<Word>(i))) << "word " << i;
}

TEST(Words, SignaturesNameTypesThatExist) {
  const std::set<std::string_view> known = {"S",     "O",    "Q",       "any",  "element",  "row", "number",
                                            "money", "text", "boolean", "time", "duration", "list"};
  for (const WordInfo& w : all_words()) {
    if (w.signature.empty()) continue;
    for (const Overload& overload : overloads(w.word)) {
      for (const auto& p : overload.parameters) EXPECT_TRUE(known.contains(p.type)) << w.name << ": " << p.type;
      EXPECT_TRUE(known.contains(overload.result)) << w.name << ": " << overload.result;
    }
  }
}

TEST(Words, NamesAreWrittenInBackticksWhereTheyMust) {
  EXPECT_EQ(name_text("total"), "total");
  EXPECT_EQ(name_text("and"), "`and`");
  EXPECT_EQ(name_text("month"), "`month`");
  EXPECT_EQ(name_text("2nd"), "`2nd`");
  EXPECT_EQ(name_text("été"), "`été`");
  EXPECT_EQ(name_text("a`b"), "`a``b`");
}

TEST(Overload, TakesTheFirstThatFits) {
  auto type = [](BaseType base) { return Argument{{base}}; };
  auto result = [&](Word word, std::vector<Argument> arguments) {
    auto found = result_of(word, arguments);
    return found ? to_text(*found) : "none";
  };
  Argument number = type(BaseType::number), money = type(BaseType::money), any = type(BaseType::any),
           text = type(BaseType::text), time = type(BaseType::time), truth = type(BaseType::boolean);
  EXPECT_EQ(result(Word::multiply, {money, number}), "money");
  EXPECT_EQ(result(Word::multiply, {money, money}), "none");
  EXPECT_EQ(result(Word::divide, {money, money}), "number");
  EXPECT_EQ(result(Word::subtract, {time, time}), "duration");
  EXPECT_EQ(result(Word::add, {time, time}), "none");
  EXPECT_EQ(result(Word::if_, {truth, any, text}), "text");
  EXPECT_EQ(result(Word::if_, {truth, any, money}), "none") << "an undeclared value has no currency";
  EXPECT_EQ(result(Word::if_, {any, any, any}), "undeclared");
  EXPECT_EQ(result(Word::least, {number}), "number");
  EXPECT_EQ(result(Word::least, {number, text}), "none");
  EXPECT_EQ(result(Word::least, {truth, truth}), "none");
  EXPECT_EQ(result(Word::in, {text, text, any}), "boolean");
  EXPECT_EQ(result(Word::hour, {}), "number");
  EXPECT_EQ(result(Word::month_of, {}), "none");
  EXPECT_EQ(result(Word::count, {{{}, true}}), "number");
  EXPECT_EQ(result(Word::sum, {{{}, true}}), "none");
  EXPECT_EQ(result(Word::first, {{{BaseType::list, BaseType::text}}}), "list of text");
  EXPECT_EQ(result(Word::contains, {{{BaseType::list, BaseType::money}}, money}), "boolean");
  EXPECT_EQ(result(Word::contains, {{{BaseType::list, BaseType::money}}, number}), "none");
}

TEST(Entities, AreConsistent) {
  for (const Entity& e : declared_entities()) {
    EXPECT_EQ(e.creation().type, PropertyType::time);
    for (const Field& f : e.fields) {
      EXPECT_EQ(e.find(f.name), &f) << e.name << '.' << f.name << " twice";
      EXPECT_TRUE(!f.is_step || f.type == PropertyType::time) << f.name;
      size_t at = 0;
      for (std::string_view rest = f.streams; !rest.empty(); rest.remove_prefix(std::min(rest.size(), at + 1))) {
        at = std::min(rest.find(' '), rest.size());
        EXPECT_NE(e.feed(rest.substr(0, at)), nullptr) << e.name << '.' << f.name << ": " << rest;
      }
    }
  }
}

}  // namespace
}  // namespace cairn::query
