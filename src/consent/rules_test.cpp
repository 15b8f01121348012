// What counts, what a form says, what a page shows, what a link is. No store.
#include <gmock/gmock.h>

#include "consent/page.h"
#include "http/target.h"
#include "i18n/words.h"

namespace cairn::consent {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr Time day(int n) { return Time{} + days(20'000 + n); }

Statement said(Purpose purpose, State state, Time at, Seq seq = {1}, CustomerId customer = {1}) {
  Statement out;
  out.seq = seq;
  out.customer = customer;
  out.purpose = purpose;
  out.state = state;
  out.occurred_at = at;
  out.known_at = at;
  return out;
}

State email_of(const std::vector<Statement>& statements) {
  return state_of(at(standing_of(statements), Purpose::email));
}

TEST(Standing, NobodySaidAnything) {
  EXPECT_EQ(email_of({}), State::unknown);
  EXPECT_EQ(email_of({said(Purpose::sms, State::granted, day(1))}), State::unknown);
}

/// The example of docs/reference/consent.md.
TEST(Standing, OfTwoMergedPersonsTheLaterStatementCounts) {
  auto shop = said(Purpose::email, State::granted, day(1), {10}, {1});
  auto mail = said(Purpose::email, State::withdrawn, day(5), {11}, {2});
  EXPECT_EQ(email_of({shop}), State::granted) << "before the merge, and after its end";
  EXPECT_EQ(email_of({shop, mail}), State::withdrawn);
  EXPECT_EQ(email_of({mail, shop}), State::withdrawn) << "in whatever order they are read";
  auto again = said(Purpose::email, State::granted, day(6), {12}, {1});
  EXPECT_EQ(email_of({mail, again, shop}), State::granted);
}

TEST(Standing, WhatIsLearntLateDoesNotCountForLater) {
  auto no = said(Purpose::email, State::denied, day(5), {10});
  auto imported = said(Purpose::email, State::granted, day(3), {11});
  imported.known_at = day(9);
  EXPECT_EQ(email_of({no, imported}), State::denied);
}

TEST(Standing, AtTheSameMomentANoCounts) {
  for (State no : {State::denied, State::withdrawn}) {
    auto yes = said(Purpose::email, State::granted, day(1), {20}, {1});
    yes.known_at = day(9);  // learnt later, and yet
    auto other = said(Purpose::email, no, day(1), {10}, {2});
    EXPECT_EQ(email_of({yes, other}), no);
    EXPECT_EQ(email_of({other, yes}), no);
  }
}

TEST(Standing, OfTwoNosTheOneLearntLater) {
  auto denied = said(Purpose::email, State::denied, day(1), {10});
  auto withdrawn = said(Purpose::email, State::withdrawn, day(1), {9});
  withdrawn.known_at = day(2);
  EXPECT_EQ(email_of({withdrawn, denied}), State::withdrawn);
}

TEST(Switches, WhatNobodyTouchedSaysNothing) {
  for (State now : {State::unknown, State::granted, State::denied, State::withdrawn}) {
    EXPECT_EQ(said_by_switch(State::granted, true, now), std::nullopt);
    for (State off : {State::unknown, State::denied, State::withdrawn})
      EXPECT_EQ(said_by_switch(off, false, now), std::nullopt);
  }
}

TEST(Switches, WhatIsTouchedIsSaidUnlessItIsSoAlready) {
  EXPECT_EQ(said_by_switch(State::unknown, true, State::unknown), State::granted);
  EXPECT_EQ(said_by_switch(State::withdrawn, true, State::withdrawn), State::granted);
  EXPECT_EQ(said_by_switch(State::unknown, true, State::granted), std::nullopt) << "said elsewhere meanwhile";
  EXPECT_EQ(said_by_switch(State::granted, false, State::granted), State::withdrawn);
  EXPECT_EQ(said_by_switch(State::granted, false, State::withdrawn), std::nullopt) << "withdrawn elsewhere meanwhile";
  EXPECT_EQ(said_by_refusal(State::unknown), State::denied);
  EXPECT_EQ(said_by_refusal(State::granted), State::withdrawn);
  EXPECT_EQ(said_by_refusal(State::denied), std::nullopt);
}

TEST(Texts, TheOneInForce) {
  std::vector<Text> texts = {{Purpose::email, 1, day(1), {{"en", "one"}}},
                             {Purpose::email, 2, day(5), {{"en", "two"}}},
                             {Purpose::email, 3, day(5), {{"en", "three"}}},
                             {Purpose::email, 4, day(9), {{"en", "four"}}}};
  EXPECT_EQ(text_in_force(texts, Purpose::email, day(0)), nullptr);
  EXPECT_EQ(text_in_force(texts, Purpose::email, day(4))->version, 1);
  EXPECT_EQ(text_in_force(texts, Purpose::email, day(5))->version, 3);
  EXPECT_EQ(text_in_force(texts, Purpose::email, day(9))->version, 4);
  EXPECT_EQ(text_in_force(texts, Purpose::sms, day(9)), nullptr);
  EXPECT_EQ(texts[0].in("fr"), "one") << "better another language than none";
}

Settings garden() {
  Settings out;
  out.interests = {{"roses", "Roses", "Roses"}, {"herbs", "Herbs & spices", "Herbes"}, {"tools", "Tools", "Outils"}};
  out.life_stages = {{"student", "Student", "Étudiant"}, {"family", "Family", "Famille"}};
  return out;
}

TEST(Choices, AreOfTheBrandsList) {
  using Names = std::vector<std::string>;
  EXPECT_EQ(check_choices(garden(), Attribute::interests, {"tools", "roses", "roses"}).value(),
            (Names{"roses", "tools"}));
  EXPECT_EQ(check_choices(garden(), Attribute::interests, {}).value(), Names{});
  auto strange = check_choices(garden(), Attribute::interests, {"cars"});
  ASSERT_FALSE(strange);
  EXPECT_EQ(strange.error().field, "interests");
  EXPECT_THAT(strange.error().message, HasSubstr("roses, herbs, tools"));
  EXPECT_FALSE(check_choices(garden(), Attribute::life_stage, {"student", "family"}));
  EXPECT_FALSE(check_choices(garden(), Attribute::causes, {"sea"})) << "there is no list yet";
}

TEST(Settings, AreChecked) {
  EXPECT_TRUE(check_settings(garden()));
  auto field = [](auto change) {
    Settings s = garden();
    change(s);
    auto done = check_settings(s);
    return done ? std::string("right") : done.error().field;
  };
  EXPECT_EQ(field([](Settings& s) { s.purposes.clear(); }), "purposes");
  EXPECT_EQ(field([](Settings& s) { s.purposes.push_back(Purpose::email); }), "purposes");
  EXPECT_EQ(field([](Settings& s) { s.interests[1].value = "Herbs"; }), "interests[1].value");
  EXPECT_EQ(field([](Settings& s) { s.interests[1].value = "roses"; }), "interests[1].value");
  EXPECT_EQ(field([](Settings& s) { s.life_stages[0].value = "none"; }), "life_stages[0].value");
  EXPECT_EQ(field([](Settings& s) { s.interests[0].fr = ""; }), "interests[0].fr");
  EXPECT_EQ(field([](Settings& s) { s.causes.assign(61, {"a", "a", "a"}); }), "causes");
}

TEST(Links, NameACustomerAndEnd) {
  crypto::Key key = crypto::random_key(system_entropy()), other = crypto::random_key(system_entropy());
  std::string ever = make_link(key, {{42}, {}});
  EXPECT_EQ(read_link(key, ever, day(100'000))->customer, CustomerId{42});
  std::string brief = make_link(key, {{-7}, day(3)});
  EXPECT_EQ(read_link(key, brief, Time{day(3).micros - 1})->customer, CustomerId{-7});
  EXPECT_FALSE(read_link(key, brief, day(3)));
  EXPECT_EQ(read_link(key, ever, day(0))->made_at, std::nullopt) << "from before links said when they were made";
  std::string made = make_link(key, {{42}, day(9), Time{1'234'567}});
  EXPECT_EQ(read_link(key, made, day(0))->made_at, Time{1'234'567});
  EXPECT_EQ(read_link(key, made, day(0))->expires_at, day(9));
  EXPECT_FALSE(read_link(key, crypto::sign(key, "preferences/42/0/x"), day(0)));
  EXPECT_FALSE(read_link(other, ever, day(0)));
  EXPECT_FALSE(read_link(key, "", day(0)));
  EXPECT_FALSE(read_link(key, ever.substr(1), day(0)));
  EXPECT_FALSE(read_link(key, crypto::sign(key, "other/42/0"), day(0))) << "signed for something else";
  std::string forged = ever.substr(0, ever.find('.')) + brief.substr(brief.find('.'));
  EXPECT_FALSE(read_link(key, forged, day(0)));
}

class PageTest : public testing::Test {
 protected:
  PageTest() {
    page_.brand = "Café <Rosa>";
    page_.token = "abc.def";
    page_.settings = garden();
    page_.now = day(30);
    for (Purpose purpose : json::enum_values<Purpose>())
      page_.texts.push_back({purpose, 1, day(0), {{"en", "old words"}, {"fr", "anciens mots"}}});
    page_.texts.push_back({Purpose::email, 2, day(20), {{"en", "new words & more"}, {"fr", "mots neufs"}}});
  }
  void agree(Purpose purpose, State state, int64_t version) {
    auto one = said(purpose, state, day(10));
    one.text_version = version;
    page_.standing[static_cast<size_t>(purpose)] = one;
  }
  /// As a browser sends it when nothing is touched, with changes.
  static Form form(std::string_view body, const Settings& settings, const Standing& now) {
    auto out = read_form(http::parse_query(body).value(), settings, now, i18n::Language::fr);
    EXPECT_TRUE(out) << out.error().message;
    return out.value_or(Form{});
  }

  Page page_;
};

TEST_F(PageTest, EscapesWhatIsNotOurs) {
  std::string html = draw(page_);
  EXPECT_THAT(html, HasSubstr("Café &lt;Rosa&gt;"));
  EXPECT_THAT(html, Not(HasSubstr("<Rosa>")));
  EXPECT_THAT(html, HasSubstr("new words &amp; more"));
  EXPECT_THAT(html, HasSubstr("Herbs &amp; spices"));
  EXPECT_THAT(html, Not(HasSubstr("{{")));
  EXPECT_THAT(html, Not(HasSubstr("<script")));
}

TEST_F(PageTest, AYesKeepsTheTextThatItWasGivenTo) {
  EXPECT_EQ(text_shown(page_, Purpose::email)->version, 2);
  agree(Purpose::email, State::granted, 1);
  EXPECT_EQ(text_shown(page_, Purpose::email)->version, 1);
  std::string html = draw(page_);
  EXPECT_THAT(html, HasSubstr(R"(name="shown_email" value="granted:1")"));
  EXPECT_THAT(html, HasSubstr("Yes, since"));
  agree(Purpose::email, State::withdrawn, 1);
  EXPECT_EQ(text_shown(page_, Purpose::email)->version, 2) << "a new yes is to the new words";
}

TEST_F(PageTest, SpeaksBothLanguages) {
  page_.language = i18n::Language::fr;
  std::string html = draw(page_);
  EXPECT_THAT(html, HasSubstr("<html lang=\"fr\">"));
  EXPECT_THAT(html, HasSubstr("Vos préférences"));
  EXPECT_THAT(html, HasSubstr("mots neufs"));
  EXPECT_THAT(html, HasSubstr("Étudiant"));
  EXPECT_THAT(html, HasSubstr("/preferences/abc.def?lang=en"));
  for (Purpose purpose : json::enum_values<Purpose>())
    for (i18n::Language language : json::enum_values<i18n::Language>())
      for (const char* what : {"purpose", "text"})
        EXPECT_TRUE(i18n::Words::in(language).has(fmt::format("consent.{}.{}", what, json::enum_name(purpose))));
}

TEST_F(PageTest, ShowsWhatWasSaved) {
  EXPECT_THAT(draw(page_), Not(HasSubstr("role=\"status\"")));
  page_.saved.emplace();
  EXPECT_THAT(draw(page_), HasSubstr("Nothing changed"));
  page_.saved->statements = {said(Purpose::sms, State::denied, day(1))};
  Declaration d;
  d.choices = {"herbs", "tools"};
  page_.saved->declarations = {d};
  std::string html = draw(page_);
  EXPECT_THAT(html, HasSubstr("<li>Text messages: no</li>"));
  EXPECT_THAT(html, HasSubstr("<li>Interests: Herbs &amp; spices, Tools</li>"));
}

TEST_F(PageTest, AFormSaysWhatWasTouched) {
  agree(Purpose::sms, State::granted, 1);
  Form f = form(
      "do=save&shown_email=unknown:2&email=on&shown_sms=granted:1&shown_push=unknown:1&shown_interests=roses"
      "&interests=roses&interests=tools&shown_life_stage=family&life_stage=",
      page_.settings, page_.standing);
  ASSERT_EQ(f.said.size(), 2u);
  EXPECT_EQ(f.said[0].purpose, Purpose::email);
  EXPECT_EQ(f.said[0].state, State::granted);
  EXPECT_EQ(f.said[0].text_version, 2);
  EXPECT_EQ(f.said[0].language, "fr");
  EXPECT_EQ(f.said[1].purpose, Purpose::sms);
  EXPECT_EQ(f.said[1].state, State::withdrawn);
  EXPECT_EQ(f.choices.at(Attribute::interests), (std::vector<std::string>{"roses", "tools"}));
  EXPECT_TRUE(f.choices.at(Attribute::life_stage).empty());
  EXPECT_FALSE(f.choices.contains(Attribute::causes)) << "it was not on the page";
  Form same = form("do=save&shown_interests=roses,tools&interests=roses&interests=tools&shown_life_stage=&life_stage=",
                   page_.settings, page_.standing);
  EXPECT_TRUE(same.choices.empty()) << "nobody touched them";
}

TEST_F(PageTest, RefuseAllRefusesWhatIsOnThePage) {
  agree(Purpose::sms, State::granted, 1);
  agree(Purpose::push, State::denied, 1);
  Form f = form(
      "do=refuse_all&shown_email=unknown:2&email=on&shown_sms=granted:1&sms=on&shown_push=denied:1"
      "&shown_interests=&interests=tools",
      page_.settings, page_.standing);
  ASSERT_EQ(f.said.size(), 2u);
  EXPECT_EQ(f.said[0].state, State::denied);
  EXPECT_EQ(f.said[1].state, State::withdrawn);
  EXPECT_TRUE(f.choices.empty());
}

TEST_F(PageTest, RefusesWhatNoPageOfOursSends) {
  for (const char* shown : {"shown_email=maybe:1", "shown_email=granted", "shown_email=granted:x", "shown_email="})
    EXPECT_FALSE(read_form(http::parse_query(shown).value(), page_.settings, page_.standing, i18n::Language::en))
        << shown;
}

}  // namespace
}  // namespace cairn::consent
