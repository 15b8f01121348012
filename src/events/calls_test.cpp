#include "events/calls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "events/wording.h"

namespace cairn::events {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const Time kNow = parse_when("2026-03-01T12:00:00Z", {}).value();

struct Read {
  NewEvent event;
  std::optional<Error> error;
};

Read read(std::string_view call, CallContext given = {.received_at = kNow}) {
  static CallReader reader;
  Read out;
  auto object = json::parse_object(call).value();
  if (auto ok = reader.read(object, given, out.event); !ok) out.error = ok.error();
  return out;
}

std::string time_of(const Read& r) { return to_rfc3339(r.event.occurred_at); }

TEST(Calls, EachTypeHasItsKind) {
  auto kind = [](std::string_view call) { return read(call).event.kind; };
  EXPECT_EQ(kind(R"({"type":"track","event":"Completed Order","userId":"1"})"), "Order Completed");
  EXPECT_EQ(kind(R"({"type":"page","name":"Home","userId":"1"})"), "Page Viewed");
  EXPECT_EQ(kind(R"({"type":"screen","name":"Home","userId":"1"})"), "Screen Viewed");
  EXPECT_EQ(kind(R"({"type":"identify","userId":"1"})"), "Customer Updated");
  EXPECT_EQ(kind(R"({"type":"group","groupId":"g","userId":"1"})"), "Group Joined");
  EXPECT_EQ(kind(R"({"type":"alias","previousId":"a","userId":"1"})"), "Customer Updated");
}

TEST(Calls, TypeOfTheAddressWins) {
  auto r = read(R"({"event":"Sneezed","userId":"1"})", {.type = "track", .received_at = kNow});
  EXPECT_EQ(r.event.kind, "Sneezed");
}

TEST(Calls, RefusedWithTheSendersField) {
  auto field = [](std::string_view call) { return read(call).error.value().field; };
  EXPECT_EQ(field(R"({"event":"X","userId":"1"})"), "type");
  EXPECT_EQ(field(R"({"type":"trak","event":"X","userId":"1"})"), "type");
  EXPECT_EQ(field(R"({"type":"track","userId":"1"})"), "event");
  EXPECT_EQ(field(R"({"type":"track","event":5,"userId":"1"})"), "event");
  EXPECT_EQ(field(R"({"type":"track","event":"X"})"), "userId");
  EXPECT_EQ(field(R"({"type":"track","event":"X","userId":"null","anonymousId":" "})"), "userId");
  EXPECT_EQ(field(R"({"type":"track","event":"X","userId":"1","timestamp":"yesterday"})"), "timestamp");
}

TEST(Calls, TheSendersClockIsSetRight) {
  // Sent an hour ago by a clock that is two hours behind: received 12:00, sentAt 10:00, happened 09:00 by that clock.
  auto r = read(R"({"type":"track","event":"X","userId":"1","timestamp":"2026-03-01T09:00:00Z",)"
                R"("sentAt":"2026-03-01T10:00:00Z"})");
  EXPECT_EQ(time_of(r), "2026-03-01T11:00:00Z");
  // The batch's sentAt counts when the call has none.
  CallContext batch{.received_at = kNow, .sent_at = parse_when("2026-03-01T13:00:00Z", {}).value()};
  EXPECT_EQ(time_of(read(R"({"type":"track","event":"X","userId":"1","timestamp":"2026-03-01T12:30:00Z"})", batch)),
            "2026-03-01T11:30:00Z");
  // originalTimestamp is by the clock of sentAt; a timestamp beside it was put right by somebody.
  EXPECT_EQ(
      time_of(read(R"({"type":"track","event":"X","userId":"1","originalTimestamp":"2026-03-01T12:59:00Z"})", batch)),
      "2026-03-01T11:59:00Z");
  EXPECT_EQ(time_of(read(R"({"type":"track","event":"X","userId":"1","timestamp":"2026-03-01T01:00:00Z",)"
                         R"("originalTimestamp":"2026-03-01T12:59:00Z"})",
                         batch)),
            "2026-03-01T01:00:00Z");
}

TEST(Calls, NeverInTheFutureAndNowWithoutATime) {
  EXPECT_EQ(time_of(read(R"({"type":"track","event":"X","userId":"1","timestamp":"2030-01-01T00:00:00Z"})")),
            "2026-03-01T12:00:00Z");
  EXPECT_EQ(time_of(read(R"({"type":"track","event":"X","userId":"1"})")), "2026-03-01T12:00:00Z");
  // History that is sent today keeps its time.
  EXPECT_EQ(time_of(read(R"({"type":"track","event":"X","userId":"1","timestamp":"2019-01-01T00:00:00Z",)"
                         R"("sentAt":"2026-03-01T12:00:00Z"})")),
            "2019-01-01T00:00:00Z");
  auto file = read(R"({"type":"track","event":"X","userId":"1"})", {});
  EXPECT_EQ(file.error.value().field, "timestamp");
}

TEST(Calls, TraitsInTheContextAloneAreThoseOfTheIdentify) {
  auto r = read(
      R"({"type":"identify","userId":"1","traits":{},"context":{"traits":{"email":"jo@example.com","plan":"gold"}}})");
  EXPECT_THAT(r.event.identifiers, testing::Contains(Identifier{"email", "jo@example.com"}));
  EXPECT_THAT(r.event.properties, testing::HasSubstr(R"("plan":"gold")"));
  // Elsewhere they only say what is known already.
  auto tracked = read(R"({"type":"track","event":"X","userId":"1","context":{"traits":{"plan":"gold"}}})");
  EXPECT_THAT(tracked.event.properties, testing::Not(testing::HasSubstr("gold")));
}

TEST(Calls, IdentifiersStrongestFirst) {
  auto r = read(R"({"type":"identify","userId":42,"anonymousId":"a","traits":{"email":" Jo@Example.COM "}})");
  EXPECT_THAT(r.event.identifiers, ElementsAre(Identifier{"user_id", "42"}, Identifier{"email", "jo@example.com"},
                                               Identifier{"anonymous_id", "a"}));
}

TEST(Calls, AWholeNumberNamesTheSameHoweverItIsWritten) {
  for (std::string_view number : {"42", "42.0", "4.2e1", "\"42\""}) {
    auto r = read(fmt::format(
        R"({{"type":"track","event":"Order Completed","userId":{0},"properties":{{"order_id":{0}}}}})", number));
    EXPECT_THAT(r.event.identifiers, ElementsAre(Identifier{"user_id", "42"})) << number;
    EXPECT_EQ(r.event.properties, R"({"order_id":"42"})") << number;
  }
  // Above 2^53 digits of a number with a point are lost, and with a fraction it names nobody.
  for (std::string_view number : {"9007199254740993.0", "4.25", "true"})
    EXPECT_EQ(read(fmt::format(R"({{"type":"track","event":"X","userId":{}}})", number)).error.value().field, "userId");
}

TEST(Calls, PropertiesThenTheCallThenItsContextThenTheBatchs) {
  auto batch = json::parse_object(R"({"locale":"fr","page":{"path":"/b"},"os":{"name":"Linux"}})").value();
  auto r = read(
      R"({"type":"page","userId":"1","name":"Home","properties":{"name":"Own","orderId":7,"empty":"","none":null},)"
      R"("context":{"page":{"path":"/own"},"campaign":{"source":"mail"},"sessionId":"s1"}})",
      {.context = &batch, .received_at = kNow, .ip = "203.0.113.7"});
  EXPECT_EQ(r.event.properties,
            R"({"name":"Own","orderId":"7","path":"/own","campaign_source":"mail","os":"Linux","session_id":"s1",)"
            R"("locale":"fr","ip":"203.0.113.7"})");
}

TEST(Calls, AnswersOfABanner) {
  auto properties = [](std::string_view context) {
    return read(fmt::format(R"({{"type":"track","event":"X","userId":"1","context":{}}})", context)).event.properties;
  };
  EXPECT_EQ(properties(R"({"consent":{"categoryPreferences":{"Marketing":false,"analytics":true,"C 4":true,"n":1}}})"),
            R"({"consent_categories":"analytics=1 c_4=1 marketing=0"})");
  EXPECT_EQ(properties(R"({"consent":{"categoryPreferences":{}}})"), "{}");
  EXPECT_EQ(properties(R"({"consent":true})"), "{}");
  // RudderStack's form. `provider` and `resolutionStrategy` are of its destinations.
  EXPECT_EQ(properties(R"({"consentManagement":{"provider":"oneTrust","resolutionStrategy":"and",)"
                       R"("allowedConsentIds":["C0001","Analytics"],"deniedConsentIds":["C0004",7,""]}})"),
            R"({"consent_categories":"analytics=1 c0001=1 c0004=0"})");
  EXPECT_EQ(properties(R"({"consentManagement":{"allowedConsentIds":["a"],"deniedConsentIds":["A"]}})"),
            R"({"consent_categories":"a=0"})");
  EXPECT_EQ(properties(R"({"consentManagement":{"allowedConsentIds":{},"deniedConsentIds":"a"}})"), "{}");
  EXPECT_EQ(properties(R"({"consentManagement":["a"]})"), "{}");
}

TEST(Calls, UndeclaredNamesAreToldUntilTheyAreKnown) {
  CallReader reader;
  std::vector<std::string> told;
  bool is_known = true;
  reader.properties().on_undeclared([&](std::string_view kind, std::string_view name, const json::Value&) {
    told.push_back(fmt::format("{}.{}", kind, name));
    return is_known;
  });
  for (int i = 0; i < 3; ++i) {
    NewEvent event;
    auto call = json::parse_object(
                    R"({"type":"track","event":"Order Completed","userId":"1","properties":{"total":5,"flavour":"x"}})")
                    .value();
    ASSERT_TRUE(reader.read(call, {.received_at = kNow}, event));
  }
  EXPECT_THAT(told, ElementsAre("Order Completed.flavour"));
  told.clear();
  for (int i = 0; i < 3; ++i) {
    NewEvent event;
    auto call =
        json::parse_object(R"({"type":"track","event":"Basket Kicked","userId":"1","properties":{"how":"hard"}})")
            .value();
    ASSERT_TRUE(reader.read(call, {.received_at = kNow}, event));
  }
  EXPECT_THAT(told, ElementsAre("Basket Kicked.", "Basket Kicked.how"));
  told.clear();
  is_known = false;
  for (int i = 0; i < 3; ++i) {
    is_known = i == 1;
    NewEvent event;
    auto call =
        json::parse_object(R"({"type":"track","event":"Basket Kicked","userId":"1","properties":{"why":"","by":"ox"}})")
            .value();
    ASSERT_TRUE(reader.read(call, {.received_at = kNow}, event));
  }
  EXPECT_THAT(told, ElementsAre("Basket Kicked.by", "Basket Kicked.by")) << "the third time it is known";
}

TEST(Calls, OfTwoValuesForOnePropertyTheOneThatIsWrittenIsTold) {
  CallReader reader;
  std::vector<std::string> told;
  reader.properties().on_undeclared([&](std::string_view, std::string_view name, const json::Value& value) {
    told.push_back(fmt::format("{}={}", name, json::serialize(value)));
    return false;
  });
  NewEvent event;
  auto call =
      json::parse_object(R"({"type":"identify","userId":"1","traits":{"shoeSize":"42","shoe_size":"43"}})").value();
  ASSERT_TRUE(reader.read(call, {.received_at = kNow}, event));
  EXPECT_EQ(event.properties, R"({"shoe_size":"42"})");
  EXPECT_THAT(told, ElementsAre(R"(shoe_size="42")"));
}

TEST(Wording, IdsTimesAndNothing) {
  EXPECT_TRUE(is_id_name("order_id"));
  EXPECT_TRUE(is_id_name("zip_code"));
  EXPECT_FALSE(is_id_name("price"));
  EXPECT_FALSE(parse_when("12345678901", Zone()));
  EXPECT_TRUE(says_nothing("NULL"));
  EXPECT_FALSE(says_nothing("nil returned"));
}

}  // namespace
}  // namespace cairn::events
