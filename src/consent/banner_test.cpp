// What an answer to a banner says: the rule of banner.h, sentence by sentence.
#include "consent/banner.h"

#include <gtest/gtest.h>

namespace cairn::consent {
namespace {

constexpr Purpose kWhat = Purpose::personalisation;

struct Case {
  const char* before;  ///< Null: the device is heard for the first time.
  const char* now;
  State state = State::unknown;
  bool is_trusted = false, is_known = false, tells_of_change = false;
};

std::optional<State> said(const Case& c) {
  Heard heard{answers_of(c.now), {}, c.tells_of_change, c.is_trusted, c.is_known};
  if (c.before) heard.before = answers_of(c.before);
  Standing standing;
  if (c.state != State::unknown) {
    auto& one = standing[static_cast<size_t>(kWhat)].emplace();
    one.purpose = kWhat;
    one.state = c.state;
  }
  return said_by_banner(heard, default_categories(), standing)[static_cast<size_t>(kWhat)];
}

constexpr auto kNothing = std::nullopt;
constexpr const char *kYes = "marketing=1", *kNo = "marketing=0";

TEST(Banner, WhatIsSaidAgainIsNothing) {
  for (State state : {State::unknown, State::granted, State::denied, State::withdrawn}) {
    EXPECT_EQ(said({kYes, kYes, state, true, true}), kNothing);
    EXPECT_EQ(said({kNo, kNo, state, true, true}), kNothing);
  }
}

TEST(Banner, ANoCountsWhoeverSaysIt) {
  for (bool is_trusted : {false, true})
    for (bool is_known : {false, true}) {
      EXPECT_EQ(said({nullptr, kNo, State::granted, is_trusted, is_known}), State::withdrawn);
      EXPECT_EQ(said({nullptr, kNo, State::unknown, is_trusted, is_known}), State::denied);
      EXPECT_EQ(said({nullptr, kNo, State::denied, is_trusted, is_known}), kNothing);
      EXPECT_EQ(said({kYes, kNo, State::granted, is_trusted, is_known}), State::withdrawn);
    }
}

TEST(Banner, AFirstYesOverrulesNoNo) {
  EXPECT_EQ(said({nullptr, kYes, State::unknown, true, true}), State::granted);
  EXPECT_EQ(said({nullptr, kYes, State::denied, true, true}), kNothing);
  EXPECT_EQ(said({nullptr, kYes, State::withdrawn, true, true}), kNothing);
  // It changed before our eyes; or the event is the change.
  EXPECT_EQ(said({kNo, kYes, State::withdrawn, true, true}), State::granted);
  EXPECT_EQ(said({nullptr, kYes, State::withdrawn, true, true, true}), State::granted);
  // A category that the device had not answered yet is a first one.
  EXPECT_EQ(said({"analytics=0", kYes, State::withdrawn, true, true}), kNothing);
}

TEST(Banner, ABrowsersYesIsForNobodyKnown) {
  EXPECT_EQ(said({nullptr, kYes, State::unknown, false, true}), kNothing);
  EXPECT_EQ(said({kNo, kYes, State::withdrawn, false, true}), kNothing);
  EXPECT_EQ(said({kNo, kYes, State::withdrawn, false, true, true}), kNothing);
  EXPECT_EQ(said({nullptr, kYes, State::unknown, false, false}), State::granted);
  EXPECT_EQ(said({kNo, kYes, State::denied, false, false}), State::granted);
}

TEST(Banner, CategoriesComeToPurposes) {
  auto answers = answers_of("advertising=1 analytics=0 functional=0 junk targeting=0 x=2 =1");
  EXPECT_EQ(answers.size(), 4u);
  auto by = by_purpose(answers, default_categories());
  EXPECT_EQ(by[static_cast<size_t>(Purpose::analytics)], false);
  // Of two that are for the same, one no is a no.
  EXPECT_EQ(by[static_cast<size_t>(Purpose::personalisation)], false);
  // No banner allows to write to anybody, unless the shop names the purpose itself.
  for (Purpose p : {Purpose::email, Purpose::sms, Purpose::push, Purpose::phone, Purpose::profiling})
    EXPECT_EQ(by[static_cast<size_t>(p)], std::nullopt);
  EXPECT_EQ(by_purpose(answers_of("email=1"), default_categories())[static_cast<size_t>(Purpose::email)], true);
}

TEST(Banner, AnswersAreReadAsTheyAreWritten) {
  EXPECT_EQ(answers_in(R"({"a":1,"consent_categories":"analytics=1 marketing=0","b":"x"})"), "analytics=1 marketing=0");
  EXPECT_EQ(answers_in(R"({"a":"\"consent_categories\":\"analytics=1\""})"), "");
  EXPECT_EQ(answers_in("{}"), "");
}

TEST(Banner, SettingsAreChecked) {
  Settings settings;
  EXPECT_TRUE(check_settings(settings));
  settings.categories["C0004"] = {Purpose::email};
  EXPECT_EQ(check_settings(settings).error().field, "categories");
  settings.categories.erase("C0004");
  settings.categories["c0004"] = {Purpose::email, Purpose::email};
  EXPECT_EQ(check_settings(settings).error().field, "categories.c0004");
}

}  // namespace
}  // namespace cairn::consent
