#include "report/report.h"

#include <gmock/gmock.h>

#include "base/text.h"
#include "i18n/words.h"
#include "json/value.h"
#include "measures/log_by_hand.h"
#include "report/draw.h"

namespace cairn::report {
namespace {

using testing::HasSubstr;
using testing::Not;

/// 300 customers of a shop that is on time for two of three, with enough of everything to measure levels 2 and 3.
measures::LogByHand shop() {
  measures::LogByHand log;
  log.question().brand.name = "Test & Söhne";
  for (int c = 1; c <= 300; ++c) {
    auto with = [&](std::string_view text) { return fmt::format(fmt::runtime(text), c); };
    log.add(c, "Order Completed", measures::on_day(c % 90),
            with("{{'order_id':'{}','total':1234.5,'promised_at':'2026-04-05'}}"));
    log.add(c, "Order Delivered", measures::on_day(c % 3 ? 92 : 100), with("{{'order_id':'{}'}}"));
    log.add(c, "Survey Answered", measures::on_day(110),
            with(c % 3 ? "{{'survey':'order_csat','score':5,'order_id':'{}'}}"
                       : "{{'survey':'order_csat','score':1,'order_id':'{}'}}"));
  }
  for (int c = 1; c <= 5; ++c) log.add(c, "Survey Answered", measures::on_day(120), "{'survey':'nps','score':9}");
  return log;
}

Report report_of(measures::LogByHand log, i18n::Language language = i18n::Language::en) {
  return compose(log.picture(), log.question().brand, language);
}

json::Object parsed(const Report& report) { return json::parse_object(to_json(report)).value(); }
const json::Object& object_at(const json::Object& o, std::string_view key) { return json::find(o, key)->get_object(); }

TEST(Report, JsonHasItsShape) {
  json::Object o = parsed(report_of(shop()));
  EXPECT_EQ(json::text_at(object_at(o, "brand"), "currency"), "EUR");
  EXPECT_EQ(json::int_at(object_at(o, "counts"), "orders"), 300);
  EXPECT_EQ(json::number_at(object_at(o, "money"), "paid"), 370350);
  EXPECT_EQ(json::int_at(object_at(o, "money"), "paid_minor"), 37035000);
  EXPECT_EQ(json::text_at(object_at(o, "period"), "until_is"), "asked");
  EXPECT_TRUE(json::find(object_at(o, "period"), "since")->is_null());

  const json::Object& pyramid = object_at(o, "pyramid");
  EXPECT_EQ(json::find(pyramid, "levels")->get_array().size(), 6u);
  const json::Object& respond = json::find(pyramid, "levels")->get_array()[2].get_object();
  EXPECT_EQ(json::text_at(respond, "name"), "Respond");
  EXPECT_TRUE(json::number_at(respond, "score"));
  EXPECT_EQ(json::find(respond, "measures")->get_array()[0].get_string(), "order_csat");
  EXPECT_TRUE(json::find(json::find(pyramid, "levels")->get_array()[0].get_object(), "score")->is_null());
  const json::Object& step = json::find(pyramid, "next")->get_array()[0].get_object();
  EXPECT_EQ(json::text_at(step, "do"), "improve");
  EXPECT_GT(*json::number_at(step, "gain"), 0);

  const json::Object& csat = object_at(object_at(o, "measures"), "order_csat");
  EXPECT_NEAR(*json::number_at(csat, "value"), 2.0 / 3, 1e-12);
  EXPECT_EQ(json::text_at(csat, "unit"), "share");
  EXPECT_EQ(json::int_at(object_at(csat, "parts"), "5"), 200);
  const json::Object& nps = object_at(object_at(o, "measures"), "nps");
  EXPECT_TRUE(json::find(nps, "value")->is_null());
  EXPECT_FALSE(json::find(nps, "enough")->get_bool());
  EXPECT_EQ(json::int_at(nps, "min_n"), 100);

  const json::Object& lateness = object_at(o, "lateness");
  EXPECT_EQ(json::find(lateness, "groups")->get_array().size(), 3u);
  EXPECT_THAT(std::string(*json::text_at(lateness, "sentence")), HasSubstr("associated with"));
  EXPECT_EQ(json::text_at(object_at(lateness, "before_delivery"), "group"), "before_delivery");
}

TEST(Report, MeasuresKeepTheTablesOrderOnTheWire) {
  json::Object o = parsed(report_of(shop()));
  size_t i = 0;
  for (const auto& member : object_at(o, "measures"))
    EXPECT_EQ(std::string_view(member.key().data(), member.key().size()), measures::definitions()[i++].name);
  EXPECT_EQ(i, measures::kMeasures);
}

TEST(Report, SpeaksFrench) {
  Report r = report_of(shop(), i18n::Language::fr);
  EXPECT_EQ(r.pyramid.levels[2].name, "Répondre");
  EXPECT_THAT(r.pyramid.sentence, HasSubstr("niveaux mesurés"));
  EXPECT_THAT(r.lateness.sentence, HasSubstr("associée à"));
  EXPECT_THAT(to_json(r), Not(HasSubstr("associated")));
}

TEST(Report, NeverSaysCosts) {
  for (auto language : {i18n::Language::en, i18n::Language::fr}) {
    std::string text = to_json(report_of(shop(), language)) + draw(report_of(shop(), language), {80, false, language});
    EXPECT_THAT(text, Not(HasSubstr("costs")));
    EXPECT_THAT(text, Not(HasSubstr("coûte")));
  }
}

TEST(Report, NoWordIsMissing) {
  for (auto language : {i18n::Language::en, i18n::Language::fr}) {
    for (auto log : {shop(), measures::LogByHand()}) {
      Report r = report_of(log, language);
      EXPECT_THAT(to_json(r) + draw(r, {80, false, language}), Not(HasSubstr("report.")));
      EXPECT_THAT(draw(r, {80, false, language}), Not(HasSubstr("{")));
    }
  }
}

TEST(Draw, FitsTheWidthInBothLanguages) {
  for (auto language : {i18n::Language::en, i18n::Language::fr})
    for (int width : {80, 93, 100}) {
      std::string text = draw(report_of(shop(), language), {width, false, language});
      for (std::string_view line : split(text, '\n')) {
        EXPECT_LE(length(line), static_cast<size_t>(width)) << line;
        EXPECT_FALSE(line.ends_with(' ')) << line;
      }
    }
}

TEST(Draw, ThePyramidHasSixStonesEachOnTheNext) {
  std::string text = draw(report_of(shop()), {80, false, i18n::Language::en});
  size_t at = 0;
  for (const char* name : {"6 Empower", "5 Foresee", "4 Anticipate", "3 Respond", "2 Resolve", "1 Inform"}) {
    size_t next = text.find(name, at);
    ASSERT_NE(next, text.npos) << name;
    at = next;
  }
  EXPECT_THAT(text, HasSubstr("Test & Söhne"));
  EXPECT_THAT(text, HasSubstr("not enough yet (5 of 100)"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(draw(report_of(shop()), {80, true, i18n::Language::en}), HasSubstr("\x1b[1m"));
}

TEST(Draw, AnEmptyLogSaysWhatToDoFirst) {
  std::string text = draw(report_of({}), {80, false, i18n::Language::en});
  EXPECT_THAT(text, HasSubstr("Import files or connect the shop first"));
  EXPECT_THAT(text, Not(HasSubstr("Altitude")));
}

}  // namespace
}  // namespace cairn::report
